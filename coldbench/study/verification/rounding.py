"""Other bits on another machine: the same result, or another one?

A learner may be chaotic, so that the last bit of a number decides about the third decimal of its
error. Its job is therefore run again with noise in the last bit (`coldbench.learning.rounding`):
the stored run has the same result where it could be one more of these runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np

from coldbench.learning import Predictions
from coldbench.running import Job, Outcome, RunRecord, fingerprint
from coldbench.statistics import mean_interval
from coldbench.study.store import Study
from coldbench.study.verification.finding import Finding, damage

__all__ = ["RUNS", "Rerun", "judged", "noisy_jobs"]

RUNS = 3  # with noise, for each job that has other bits
LEVEL = 0.99  # of the stored run, where nothing but rounding differs, and runs are normal
FACTOR = 2  # predictions may be so much farther apart than those of two runs here
FLOOR = 1e-6  # of the value itself: smaller differences are the arithmetic of a sum


@dataclass(frozen=True)
class Rerun:
    """A stored run, what it gave here, and how the machines differ."""

    record: RunRecord
    outcome: Outcome
    moved: Sequence[str]


@dataclass(frozen=True)
class Shift:
    """moved: how far the stored value is from the mean of the runs here; sd: of these; limit: what
    rounding explains."""

    what: str
    moved: float
    sd: float
    limit: float

    def __str__(self) -> str:
        return f"{self.what} by {self.moved:.2g}, rounding alone by {self.sd:.2g} (sd)"


def noisy_jobs(job: Job) -> list[Job]:
    """The same job with the next seeds of `rounding`."""
    seeds = [job.seeds._replace(rounding=job.seeds.rounding + k + 1) for k in range(RUNS)]
    return [job.model_copy(update={"seeds": one}) for one in seeds]


def judged(study: Study, rerun: Rerun, noisy: Mapping[str, Outcome]) -> Finding:
    """A note where rounding explains the difference, else damage."""
    job, place = rerun.record.job, study.place(rerun.record.job_hash)
    runs = [rerun.outcome, *(noisy[one.hash] for one in noisy_jobs(job))]
    runs = [run for run in runs if run.record.status == "finished"]
    who, why = f"{job.learner!a} seed {job.seeds.label}", f"; {_some(rerun.moved)}"
    if len(runs) <= 2:
        return damage(place, f"{who}: other bits, and {RUNS} runs with noise did not finish{why}")
    shifts = _shifts(rerun.record, [run.record for run in runs])
    if not shifts:
        return damage(place, f"{who}: other bits, and no MAE to compare{why}")
    worst = max(shifts, key=lambda shift: shift.moved / shift.limit)
    numbers = f"{worst}; {len(runs)} runs here, limit {worst.limit:.2g}{why}"
    if worst.moved > worst.limit:
        return damage(place, f"{who}: other result: moved {numbers}")
    if apart := _apart(study, rerun.record, runs):
        return damage(place, f"{who}: other result: {apart}{why}")
    return Finding("note", place, f"{who}: other bits, same result: moved {numbers}")


def _some(moved: Sequence[str], most: int = 3) -> str:
    rest = f" and {len(moved) - most} more" if len(moved) > most else ""
    return ", ".join(moved[:most]) + rest


def _shifts(stored: RunRecord, runs: Sequence[RunRecord]) -> list[Shift]:
    """The MAE of each scenario, beside limits of one more run that hold for all scenarios."""
    old, new = stored.maes(), [run.maes() for run in runs]
    known = [name for name in old if all(name in one for one in new)]
    level = 1 - (1 - LEVEL) / max(len(known), 1)
    return [_shift(name, old[name], [one[name] for one in new], level) for name in known]


def _shift(scenario: str, stored: float, values: Sequence[float], level: float) -> Shift:
    mean = mean_interval(values, level=level)
    centre = float(np.mean(values))
    one_more = (mean.width or 0.0) / 2 * sqrt(len(values) + 1)
    limit = max(one_more, FLOOR * max(abs(centre), abs(stored), FLOOR))
    return Shift(
        f"the MAE in {scenario}", abs(stored - centre), float(np.std(values, ddof=1)), limit
    )


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
