"""Cuts in time: which ratings come before one, and how they are put in order.

A rating at the very time of a cut comes after it, so that ratings of one moment are never parted:
nothing that trains is as late as anything that is tested.
"""

from datetime import UTC, date, datetime, time

import numpy as np

from coldbench.data import Array, Ratings
from coldbench.errors import UsageError

__all__ = ["Cut", "as_text", "cut_at", "in_time_order", "known_times", "seconds_of"]

Cut = int | date
"""Unix seconds, or a day, which means its midnight in UTC."""


def seconds_of(cut: Cut) -> int:
    """Unix seconds."""
    if isinstance(cut, int):
        return cut
    return int(datetime.combine(cut, time(), UTC).timestamp())


def as_text(seconds: int) -> str:
    """The time in UTC, a midnight as its day alone; the number where it is no usual time."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return f"{seconds} s"
    return moment.strftime("%Y-%m-%d" if moment.time() == time() else "%Y-%m-%d %H:%M:%S UTC")


def cut_at(times: Array, share: float) -> int | None:
    """The time that leaves as nearly as possible `share` of the ratings before it; None where all
    have the same time."""
    moments, count = np.unique(times, return_counts=True)
    if len(moments) < 2:
        return None
    before = np.cumsum(count)[:-1]
    return int(moments[1:][np.argmin(np.abs(before - share * len(times)))])


def known_times(ratings: Ratings, protocol: str) -> Array:
    """The times of all ratings; raises UsageError where no cut can part them."""
    what = f"protocol {protocol!r}"
    if ratings.time is None:
        raise UsageError(
            f"{what}: {ratings.name} has no times, and this protocol cuts in time: use separate "
            "or mixed"
        )
    first, last = int(ratings.time.min()), int(ratings.time.max())
    if first == last:
        raise UsageError(
            f"{what}: all ratings of {ratings.name} have the same time ({as_text(first)}), so "
            "there is no before and after: use separate or mixed"
        )
    return ratings.time


def in_time_order(ratings: Ratings, rng: np.random.Generator) -> Array:
    """Rows by time, those of one moment at random, without later ratings of the same pair."""
    assert ratings.time is not None
    rows = np.lexsort((rng.random(len(ratings)), ratings.time))
    first: Array = np.sort(np.unique(ratings.pair[rows], return_index=True)[1])
    return rows[first]
