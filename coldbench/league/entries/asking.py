"""The installed learner, asked: is it sound and clean, do stored runs repeat, how are fresh ones?

All that imports the plugin happens in processes of their own, whose end ends no review.
"""

import io
from collections.abc import Sequence
from concurrent.futures import Future

from pebble import ProcessExpired

from coldbench.conformance import check
from coldbench.errors import ColdbenchError, shorten
from coldbench.league.entries.against import ENGINE, PROCESSES
from coldbench.league.entries.fresh import judged
from coldbench.league.entries.marks import Check
from coldbench.rng import Seeds
from coldbench.running import PebbleExecutor, Settings, Source, confined, outcomes
from coldbench.study import Study, audit_study, job_of, replay

__all__ = ["audited", "conforming", "failures", "fresh", "replayed"]

LONGEST = 1_800.0  # seconds of the conformance suite
REPLAYED = 3  # runs


def failures(learner: str) -> list[str]:
    """What a registered learner fails of the conformance suite; what it prints is lost."""
    try:
        with confined(Seeds.joint(0), io.StringIO()):
            wrong = [one for one in check("learner", learner) if not one.passed]
            return [f"{one.check}: {one.seen}" for one in wrong if one.seen]
    except ColdbenchError as error:  # it cannot be loaded
        return [str(error)]


def conforming(learner: str) -> Check:
    """The whole suite of `coldbench check`."""
    pool = PebbleExecutor(1, LONGEST)
    try:
        answer: Future[list[str]] = pool.submit(failures, learner)
        wrong = answer.result()
    except TimeoutError:
        wrong = [f"the suite takes longer than {LONGEST:g} s"]
    except ProcessExpired as error:
        wrong = [f"its process ended with exit code {error.exitcode}"]
    finally:
        pool.shutdown(wait=False)
    mend = f"`coldbench check {learner}` explains"
    said = f"{len(wrong)} checks of the contract fail; {mend}" if wrong else "keeps the contract"
    return Check(
        name="conformance", passed=not wrong, said=said, more=tuple(shorten(x, 300) for x in wrong)
    )


def audited(alone: Study, source: Source, draw: int) -> Check:
    """One stored run of the learner, audited for leaks."""
    (audit,) = audit_study(alone, 1, draw, source.dataset, source.options)
    found = tuple(str(leak) for leak in audit.leaks)
    told = {
        "clean": f"no leak at seed {audit.seed} ({audit.predictions:,} predictions)",
        "leaks": f"sees what it must not at seed {audit.seed}; docs/audit.md names the causes",
        "not audited": f"seed {audit.seed} could not be audited: {shorten(audit.reason, 200)}",
    }[audit.status]
    return Check(name="audit", passed=audit.clean, said=told, more=(*found, *audit.notes))


def replayed(alone: Study, source: Source, draw: int) -> Check:
    """Three stored runs of the learner, run again."""
    same: list[bool] = []
    count = lambda record, equal: same.append(equal)  # noqa: E731
    found = replay(alone, REPLAYED, draw, source.dataset, source.options, count, PROCESSES)
    wrong = [one for one in found if one.kind == "damage"]
    bits = f"{sum(same)} of {len(same)} stored runs are the same bit for bit"
    said = f"{bits}; {len(wrong)} give another result" if wrong else bits
    return Check(name="replay", passed=not wrong, said=said, more=tuple(one.text for one in found))


def fresh(study: Study, learner: str, sentinel: str, seeds: Sequence[int], source: Source) -> Check:
    """Learner and sentinel on fresh seeds, beside what the entry's own runs let expect."""
    stored, both = list(study.records()), dict.fromkeys((learner, sentinel))
    jobs = [job_of(study.manifest, name, str(seed)) for seed in seeds for name in both]
    made = [one.record for one in outcomes(ENGINE, jobs, Settings(PROCESSES, source))]
    lost = [one for one in made if one.status != "finished"]
    usual = any(one.status != "finished" for one in stored)
    if len(lost) == len(made) or (lost and not usual):
        one = lost[0]
        who = f"{shorten(one.job.learner)} {one.status} at seed {one.job.seeds.label}"
        said = f"{who}, the entry's own runs all finished: {shorten(one.reason, 200)}"
        return Check(name="fresh seeds", passed=False, said=said)
    found = judged(stored, made, learner, sentinel)
    outside = [one for one in found if not one.inside]
    named = ", ".join(map(str, seeds))
    said = (
        f"on the seeds {named} {len(outside)} of {len(found)} means are not what the entry's runs "
        f"let expect; enter it again on all seeds of the reference"
        if outside
        else f"on the seeds {named} all {len(found)} means are what the entry's runs let expect"
    )
    return Check(
        name="fresh seeds", passed=not outside, said=said, more=tuple(map(str, found)),
        measured=[{**vars(one), "inside": one.inside} for one in found],
    )  # fmt: skip
