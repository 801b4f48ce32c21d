"""Several ratings of one item by one user: which of them counts.

First and last go by time where it is known, else by the order of the rows. Rows that follow the
first one may stay: no protocol reads any but the first row of a pair.
"""

from typing import NamedTuple

import numpy as np

from coldbench.data.cleaning import Repeated
from coldbench.data.findings import Findings, counted
from coldbench.data.ratings import Array

__all__ = ["Resolved", "resolve_repeats"]

OTHERS = {"first": ("last", "mean"), "last": ("first", "mean"), "mean": ("first", "last")}
COUNTS = {"first": "the first counts", "last": "the last counts", "mean": "their mean counts"}


class Resolved(NamedTuple):
    """kept: bool [N], the rows that stay; value: float64 [N]."""

    kept: Array
    value: Array


def resolve_repeats(
    pair: Array, value: Array, time: Array | None, how: Repeated, findings: Findings
) -> Resolved | None:
    """Which rows stay, and their values; None where no pair repeats.

    pair: a number for each (user, item), int64 [N].
    """
    often = _often(pair)
    if not len(often):
        return None
    rows = np.flatnonzero(np.isin(pair, often))
    repeated = len(rows) - len(often)
    findings.warn([_sentence(repeated, len(pair), how, time is not None, findings)])
    keys = (rows, pair[rows]) if time is None else (rows, time[rows], pair[rows])
    order = rows[np.lexsort(keys)]
    start = np.flatnonzero(np.diff(pair[order], prepend=-1))
    size = np.diff(start, append=len(order))
    kept, values = np.ones(len(pair), dtype=bool), value
    if how == "first":
        kept[order] = order >= np.repeat(order[start], size)
    else:
        kept[order] = False
        kept[order[start + size - 1] if how == "last" else order[start]] = True
    if how == "mean":
        values = value.copy()
        values[order[start]] = np.add.reduceat(value[order], start) / size
    return Resolved(kept, values)


def _often(pair: Array) -> Array:
    """The pairs that occur more than once."""
    ordered = np.sort(pair)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def _sentence(repeated: int, total: int, how: Repeated, timed: bool, findings: Findings) -> str:
    by = "" if how == "mean" else " in time" if timed else " row"
    counts = COUNTS[how].replace(" counts", f"{by} counts")
    other = findings.option("repeated", " or ".join(OTHERS[how]))
    return (
        f"{counted(repeated, 'rating repeats', 'ratings repeat')} a (user, item) pair, of "
        f"{total:,}: of each pair {counts} (otherwise: {other})"
    )
