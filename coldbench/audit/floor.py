"""Errors too small to be true: below what the best predictions, or people themselves, reach.

    oracle      MAE of `Ratings.best`, where the model behind the data is known
    repeats     half the mean |a - b| of two ratings a, b of one item by one user: any prediction p
                of both has |a - p| + |b - p| >= |a - b| ("magic barrier", Said et al. 2012)
    share       a tenth of the scale, or half the MAE of the best constant where that is less: no
                bound, but a reason to look; one-to-five ratings of people are predicted to .7

An MAE is flagged when it is below by more than four standard errors (oracle, repeats), or at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coldbench.data import Array, Ratings
from coldbench.learning import Predictions
from coldbench.tasks import SCENARIOS

__all__ = ["floors"]

FEWEST = 30  # predictions of a scenario, or repeated ratings, below which nothing is said
SURE = 4.0  # standard errors
SHARE = 0.1


@dataclass(frozen=True)
class Barrier:
    """Repeated ratings: half their mean distance, its standard error, and how many there are."""

    value: float
    error: float
    n: int


def floors(predictions: Predictions, ratings: Ratings) -> Iterator[str]:
    """What is too good in which scenario, in words, with all support ratings."""
    barrier = _barrier(ratings) if ratings.best is None else None
    for code, name in enumerate(SCENARIOS):
        here = (predictions.scenario == code) & (predictions.shots < 0)
        rows = predictions.row[here]
        if len(rows) >= FEWEST:
            value = ratings.value[rows].astype(np.float64)
            score = np.clip(predictions.score[here], ratings.scale.low, ratings.scale.high)
            error = np.abs(score - value)
            told = _broken_floor(error, rows, ratings, barrier)
            if told:
                yield f"the MAE in {name}, {error.mean():.3f}, is below {told}"


def _broken_floor(error: Array, rows: Array, ratings: Ratings, barrier: Barrier | None) -> str:
    mean, own = float(error.mean()), _standard_error(error)
    value = ratings.value[rows].astype(np.float64)
    if ratings.best is not None:
        best = np.abs(ratings.best[rows] - value)
        gain = best - error
        sure = gain.mean() > SURE * _standard_error(gain)
        return f"{best.mean():.3f}, that of the best possible predictions" if sure else ""
    if barrier is not None:
        sure = mean < barrier.value - SURE * float(np.hypot(barrier.error, own))
        text = f"{barrier.value:.3f}, what {barrier.n:,} repeated ratings of one user allow"
        return text if sure else ""
    constant = float(np.abs(value - np.median(value)).mean())
    floor = min(SHARE * (ratings.scale.high - ratings.scale.low), constant / 2)
    return f"{floor:.3f}, a tenth of the scale or half of a constant's" if mean < floor else ""


def _barrier(ratings: Ratings) -> Barrier | None:
    pair = ratings.pair
    order = np.argsort(pair, kind="stable")
    again = np.flatnonzero(pair[order][1:] == pair[order][:-1])
    if len(again) < FEWEST:
        return None
    value = ratings.value[order].astype(np.float64)
    half = np.abs(value[again + 1] - value[again]) / 2
    return Barrier(float(half.mean()), _standard_error(half), len(half))


def _standard_error(values: Array) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))
