"""The study of an entry: the pack's runs and, once nothing speaks against it, the learner's."""

from coldbench.league.packs.opening import Pack
from coldbench.study import Manifest, Study, keep_audits, stored_audits

__all__ = ["joined"]


def joined(pack: Pack, plan: Manifest, own: Study, learner: str, out: Study) -> Study:
    """Put both into `out`; stopped halfway, the same call goes on."""
    there = (out.path / "study.json").exists()
    for name, data in pack.files.items():
        if name != "study.json" and not there:
            out.keep(name, data)
    mine = _alone(own.manifest, learner, plan.looks)
    out.amend(lambda: (out.manifest if there else plan).merged(mine, out.path))
    jobs = {job.job_hash for job in mine.jobs}
    for job in (job for job in own.stored() if job in jobs):
        out.put(job, own.files(job), learner)
    if audits := [audit for job, audit in stored_audits(own).items() if job in jobs]:
        keep_audits(out, audits)
    return Study.open(out.path)


def _alone(plan: Manifest, learner: str, looks: tuple[int, ...]) -> Manifest:
    """The plan of one of its learners, as a part of a study with these looks."""
    return plan.model_copy(
        update={
            "jobs": [job for job in plan.jobs if job.learner == learner],
            "learners": {learner: plan.learners[learner]},
            "given": {name: one for name, one in plan.given.items() if name == learner},
            "looks": looks,
        }
    )
