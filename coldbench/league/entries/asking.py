"""The installed learner, asked: is it sound and clean, do stored runs repeat, how are fresh ones?

All that imports the plugin happens in processes of their own, whose end ends no review.
"""

import shlex
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from coldbench.errors import UsageError, shorten
from coldbench.league.entries.against import ENGINE, PROCESSES
from coldbench.league.entries.fresh import judged, too_many_lost
from coldbench.league.entries.marks import Check
from coldbench.league.entries.outside import ask
from coldbench.running import RunRecord, Settings, Source, outcomes
from coldbench.study import (
    Referee,
    Study,
    audit_study,
    job_of,
    replay,
)

__all__ = [
    "audited", "best_runs", "conforming", "described", "fresh", "limit_of", "replayed",
]  # fmt: skip

REPLAYED = 3  # runs
SLOWER, LEAST, MOST = 10.0, 600.0, 43_200.0  # times; seconds


def limit_of(study: Study) -> float:
    """Seconds that a run may take here: ten times the slowest of the entry, yet ten minutes to
    twelve hours, since the entry's own word is not to hold up a review."""
    slowest = max((record.seconds.get("total", 0.0) for record in study.records()), default=0.0)
    return min(max(SLOWER * slowest, LEAST), MOST)


def conforming(learner: str) -> Check:
    """The whole suite of `coldbench check`."""
    try:
        wrong = [str(one) for one in ask("failures", learner)]
    except UsageError as error:
        wrong = [str(error)]
    mend = f"`coldbench check {learner}` explains"
    said = f"{len(wrong)} checks of the contract fail; {mend}" if wrong else "keeps the contract"
    return Check(
        name="conformance", passed=not wrong, said=said, more=tuple(shorten(x, 300) for x in wrong)
    )


def described(learner: str, package: str, code: str, options: Mapping[str, Any]) -> str:
    """The card of a registered learner; raises UsageError where it gives none."""
    try:
        return str(ask("card", learner, package, code, dict(options)))
    except UsageError as error:
        raise UsageError(f"{learner} cannot be described: {error}") from None


def audited(alone: Study, source: Source, draw: int, limit: float | None = None) -> Check:
    """One stored run of the learner, audited for leaks; limit: seconds of a run, of which a
    process makes two at most."""
    most = 2 * limit if limit else None
    (audit,) = audit_study(alone, 1, draw, source.dataset, source.options, limit=most)
    found = tuple(str(leak) for leak in audit.leaks)
    told = {
        "clean": f"no leak at seed {audit.seed} ({audit.predictions:,} predictions)",
        "leaks": f"sees what it must not at seed {audit.seed}; docs/audit.md names the causes",
        "not audited": f"seed {audit.seed} could not be audited: {shorten(audit.reason, 200)}",
    }[audit.status]
    return Check(name="audit", passed=audit.clean, said=told, more=(*found, *audit.notes))


def replayed(
    alone: Study, source: Source, draw: int, limit: float | None = None,
    always: Collection[str] = (),
) -> Check:  # fmt: skip
    """Three stored runs of the learner, run again, every one that did not finish, and those that
    gain most by being edited; always: hashes of these."""
    same: list[bool] = []
    lost: list[bool] = []

    def count(record: RunRecord, equal: bool) -> None:
        (same if record.status == "finished" else lost).append(equal)

    data = source.dataset, source.options
    found = replay(
        alone, REPLAYED, draw, *data, count, PROCESSES, unfinished=True, timeout=limit,
        always=always,
    )  # fmt: skip
    wrong = [one for one in found if one.kind == "damage"]
    said = f"{sum(same)} of {len(same)} stored runs are the same bit for bit"
    if lost:
        said += f"; {sum(lost)} of {len(lost)} that did not finish end in the same way again"
    said += f"; {len(wrong)} give another result" if wrong else ""
    if unsure := sum(one.unsure for one in found):
        said += f"; of {unsure} another result could hide behind what rounding does to them: "
        said += "review the entry on a processor of the kind that made it"
    passed = not wrong and not unsure
    return Check(name="replay", passed=passed, said=said, more=tuple(one.text for one in found))


def best_runs(study: Study, learner: str, sentinel: str) -> set[str]:
    """Hashes of the learner's runs that are the farthest ahead of the sentinel, one a scenario."""
    table = study.results()
    table = table[(table["metric"] == "mae") & (table["shots"] == -1)]
    maes = table.pivot_table("value", ["scenario", "seed"], "learner")
    if not {learner, sentinel} <= set(maes):
        return set()
    ahead = (maes[learner] - maes[sentinel]).dropna()
    seeds = {place[1] for place in ahead.groupby("scenario").idxmin()}
    jobs = [job for job in study.manifest.jobs if job.learner == learner]
    return {job.job_hash for job in jobs if job.seed in seeds}


def fresh(
    study: Study, learner: str, sentinel: str, seeds: Sequence[int], source: Source,
    limit: float | None = None,
) -> Check:  # fmt: skip
    """Learner and sentinel on fresh seeds, beside what the entry's own runs let expect."""
    stored, both = list(study.records()), dict.fromkeys((learner, sentinel))
    jobs = [job_of(study.manifest, name, str(seed)) for seed in seeds for name in both]
    referee = Referee.of(study.manifest.fixed["dataset_sha256"])
    runs = list(outcomes(ENGINE, jobs, Settings(PROCESSES, source, limit)))
    made = [run.record for run in runs]
    if fault := next(filter(None, map(referee.fault, runs)), ""):
        return Check(name="fresh seeds", passed=False, said=fault)
    if lost := too_many_lost(stored, made, both):
        return Check(name="fresh seeds", passed=False, said=lost)
    found = judged(stored, made, learner, sentinel)
    outside = [one for one in found if not one.inside]
    named = ", ".join(map(str, seeds))
    said = (
        f"on the seeds {named} {len(outside)} of {len(found)} means are not what the entry's runs "
        f"let expect; `coldbench enter {shlex.quote(learner)} --reference PACK --out FOLDER` "
        "enters it again on all seeds"
        if outside
        else f"on the seeds {named} all {len(found)} means are what the entry's runs let expect"
    )
    return Check(
        name="fresh seeds", passed=not outside, said=said, more=tuple(map(str, found)),
        measured=[{**vars(one), "inside": one.inside, "reach": one.reach} for one in found],
    )  # fmt: skip
