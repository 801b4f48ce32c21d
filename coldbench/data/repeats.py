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
    """Which rows stay, and their values; None where no pair repeats. pair: int64 [N]."""
    ordered = np.sort(pair)
    repeated = int(np.count_nonzero(ordered[1:] == ordered[:-1]))
    if not repeated:
        return None
    findings.warn([_sentence(repeated, len(pair), how, time is not None, findings)])
    rows = np.arange(len(pair))
    order = np.lexsort((rows, pair) if time is None else (rows, time, pair))
    start = np.flatnonzero(np.diff(pair[order], prepend=-1))
    if how == "last":
        return Resolved(_marked(order[np.append(start[1:], len(pair)) - 1], len(pair)), value)
    first = order[start]
    group = np.repeat(np.arange(len(start)), np.diff(start, append=len(pair)))
    if how == "first":
        kept = np.empty(len(pair), dtype=bool)
        kept[order] = order >= first[group]
        return Resolved(kept, value)
    means = value.copy()
    means[first] = np.add.reduceat(value[order], start) / np.diff(start, append=len(pair))
    return Resolved(_marked(first, len(pair)), means)


def _marked(rows: Array, size: int) -> Array:
    marked = np.zeros(size, dtype=bool)
    marked[rows] = True
    return marked


def _sentence(repeated: int, total: int, how: Repeated, timed: bool, findings: Findings) -> str:
    by = "" if how == "mean" else " in time" if timed else " row"
    counts = COUNTS[how].replace(" counts", f"{by} counts")
    other = findings.option("repeated", " or ".join(OTHERS[how]))
    return (
        f"{counted(repeated, 'rating repeats', 'ratings repeat')} a (user, item) pair, of "
        f"{total:,}: of each pair {counts} (otherwise: {other})"
    )
