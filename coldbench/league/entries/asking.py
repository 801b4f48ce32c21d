"""The installed learner, asked: is it sound and clean, do stored runs repeat, how are fresh ones?

All that imports the plugin happens in processes of their own, whose end ends no review.
"""

import io
import shlex
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from pebble import ProcessExpired

from coldbench.conformance import check
from coldbench.errors import ColdbenchError, UsageError, shorten
from coldbench.league.entries.against import ENGINE, PROCESSES
from coldbench.league.entries.card import card_text
from coldbench.league.entries.fresh import judged, too_many_lost
from coldbench.league.entries.marks import Check
from coldbench.rng import Seeds
from coldbench.running import PebbleExecutor, RunRecord, Settings, Source, confined, outcomes
from coldbench.study import (
    Referee,
    Study,
    audit_study,
    job_of,
    learner_facts,
    replay,
)

__all__ = [
    "audited", "card_here", "conforming", "described", "failures", "fresh", "limit_of", "replayed",
]  # fmt: skip

LONGEST = 1_800.0  # seconds of the conformance suite
REPLAYED = 3  # runs
SLOWER, LEAST, MOST = 10.0, 600.0, 43_200.0  # times; seconds


def limit_of(study: Study) -> float:
    """Seconds that a run may take here: ten times the slowest of the entry, yet ten minutes to
    twelve hours, since the entry's own word is not to hold up a review."""
    slowest = max((record.seconds.get("total", 0.0) for record in study.records()), default=0.0)
    return min(max(SLOWER * slowest, LEAST), MOST)


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


def card_here(learner: str, package: str, code: str, options: Mapping[str, Any]) -> str:
    """card.md of a registered learner, entered with these options; package, code: as the entry
    says, since the same code has several versions."""
    facts = {**learner_facts(learner, measured=False), "package": package, "code": code}
    return card_text(facts, options)


def described(learner: str, package: str, code: str, options: Mapping[str, Any]) -> str:
    """`card_here`, in a process of its own; raises UsageError where it gives none."""
    pool = PebbleExecutor(1, LONGEST)
    try:
        answer: Future[str] = pool.submit(card_here, learner, package, code, options)
        return answer.result()
    except (TimeoutError, ProcessExpired) as error:
        raise UsageError(f"{learner} cannot be described: {type(error).__name__}") from None
    finally:
        pool.shutdown(wait=False)


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


def replayed(alone: Study, source: Source, draw: int, limit: float | None = None) -> Check:
    """Three stored runs of the learner, run again, and every one that did not finish."""
    same: list[bool] = []
    lost: list[bool] = []

    def count(record: RunRecord, equal: bool) -> None:
        (same if record.status == "finished" else lost).append(equal)

    data = source.dataset, source.options
    found = replay(alone, REPLAYED, draw, *data, count, PROCESSES, unfinished=True, timeout=limit)
    wrong = [one for one in found if one.kind == "damage"]
    said = f"{sum(same)} of {len(same)} stored runs are the same bit for bit"
    if lost:
        said += f"; {sum(lost)} of {len(lost)} that did not finish end in the same way again"
    said += f"; {len(wrong)} give another result" if wrong else ""
    return Check(name="replay", passed=not wrong, said=said, more=tuple(one.text for one in found))


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
