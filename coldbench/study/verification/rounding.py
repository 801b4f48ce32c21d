"""Other bits on another machine: the same result, or another one?

A learner may be chaotic, so that the last bit of a number decides about the third decimal of its
error. Its job is therefore run again with noise in the last bit (`coldbench.learning.rounding`):
the stored run has the same result where it could be one more of these runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from coldbench.learning import Predictions
from coldbench.running import Job, Outcome, RunRecord, fingerprint
from coldbench.study.store import Study
from coldbench.study.verification.finding import Finding, damage
from coldbench.study.verification.shifts import FLOOR, Shift, odd_rows, shifts_of

__all__ = ["RUNS", "Rerun", "judged", "noisy_jobs"]

RUNS = 3  # with noise, for each job that has other bits
WIDEST = 0.02  # of the MAE: behind wider limits another result could hide
FACTOR = 2  # predictions may be so much farther apart than those of two runs here


@dataclass(frozen=True)
class Rerun:
    """A stored run, what it gave here, and how the machines differ."""

    record: RunRecord
    outcome: Outcome
    moved: Sequence[str]


def noisy_jobs(job: Job) -> list[Job]:
    """The same job with the next seeds of `rounding`."""
    seeds = [job.seeds._replace(rounding=job.seeds.rounding + k + 1) for k in range(RUNS)]
    return [job.model_copy(update={"seeds": one}) for one in seeds]


def judged(study: Study, rerun: Rerun, noisy: Mapping[str, Outcome]) -> Finding:
    """A note where rounding explains the difference, else damage."""
    job, place = rerun.record.job, study.place(rerun.record.job_hash)
    runs = [rerun.outcome, *(noisy[one.hash] for one in noisy_jobs(job))]
    who, why = f"{job.learner!a} seed {job.seeds.label}", f"; {_some(rerun.moved)}"
    if rerun.record.status != "finished":
        return _unfinished(rerun, runs, place, who, why)
    runs = [run for run in runs if run.record.status == "finished"]
    if len(runs) <= 2:
        return damage(place, f"{who}: other bits, and {RUNS} runs with noise did not finish{why}")
    if lost := odd_rows(rerun.record, [run.record for run in runs]):
        return damage(place, f"{who}: other result: {lost}{why}")
    maes, rest = shifts_of(rerun.record, [run.record for run in runs])
    if not maes:
        return damage(place, f"{who}: other bits, and no MAE to compare{why}")
    worst, other = (max(some, key=_excess) for some in (maes, rest or maes))
    worst = other if _excess(worst) <= 1 < _excess(other) else worst
    numbers = f"{worst}; {len(runs)} runs here, limit {worst.limit:.2g}{why}"
    if _excess(worst) > 1:
        return damage(place, f"{who}: other result: moved {numbers}")
    if apart := _apart(study, rerun.record, runs):
        return damage(place, f"{who}: other result: {apart}{why}")
    widest = max(shift.limit / max(shift.level, FLOOR) for shift in maes)
    if widest > WIDEST:
        told = f"rounding alone moves it so far that a MAE {widest:.0%} off would pass"
        return Finding("note", place, f"{who}: other bits, and {told}: moved {numbers}", True)
    return Finding("note", place, f"{who}: other bits, same result: moved {numbers}")


def _excess(shift: Shift) -> float:
    return shift.moved / shift.limit


def _unfinished(rerun: Rerun, runs: Sequence[Outcome], place: Path, who: str, why: str) -> Finding:
    there = rerun.record.status
    like = sum(run.record.status == there for run in runs)
    counted = f"{who}: {there} there, of {len(runs)} runs here {like} do{why}"
    return Finding("note", place, counted) if like else damage(place, counted)


def _some(moved: Sequence[str], most: int = 3) -> str:
    rest = f" and {len(moved) - most} more" if len(moved) > most else ""
    return ", ".join(moved[:most]) + rest


def _apart(study: Study, record: RunRecord, runs: Sequence[Outcome]) -> str:
    """Why the stored predictions, where they are kept, are none of these runs'; else ``."""
    stored = study.predictions(record.job_hash)
    made = [run.predictions for run in runs if run.predictions is not None]
    if stored is None or len(made) < 2 or fingerprint(stored) != record.predictions_sha256:
        return ""
    between = max(_distance(a, b) for a, b in combinations(made, 2))
    found = _distance(stored, made[0])
    if found <= max(FACTOR * between, FLOOR * float(np.abs(made[0].score).mean())):
        return ""
    return f"predictions move by {found:.2g} on average, by rounding alone by {between:.2g}"


def _distance(a: Predictions, b: Predictions) -> float:
    if not np.array_equal(a.row, b.row):
        return float("inf")
    return float(np.abs(a.score.astype(np.float64) - b.score).mean())
