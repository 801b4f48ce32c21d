"""Times of ratings: which are known, and what becomes of those that are not.

A time that cannot be read is unknown. It counts as the latest one, so that no protocol that goes
by time takes the rating for an early one; ratings of equal time stay in the order of the file.
With more than one, and more than MOST_UNKNOWN of all, times are left out altogether.
"""

from typing import Any

import numpy as np
import pandas as pd

from coldbench.data.findings import Findings, counted, quoted
from coldbench.data.ratings import Array
from coldbench.data.table import Table
from coldbench.data.times import Times, from_numbers, from_texts

__all__ = ["MOST_UNKNOWN", "read_times"]

MOST_UNKNOWN = 0.05
LAST_SECOND = 253_402_300_799
"""The end of the year 9999."""


def read_times(table: Table, findings: Findings) -> Array | None:
    """Seconds, int64 [N], or None without (usable) times."""
    if "timestamp" not in table.frame:
        return None
    seconds, unit = _seconds(table.frame["timestamp"])
    with np.errstate(invalid="ignore"):
        known = (seconds >= 0) & (seconds <= LAST_SECOND)
    unknown = len(known) - int(np.count_nonzero(known))
    usable = unknown <= max(1, MOST_UNKNOWN * len(known)) and bool(known.any())
    if unknown:
        findings.unreadable(_sentence(table, known, unknown, usable))
    if not usable:
        return None
    if not unit.startswith("seconds"):
        findings.understood.append(f"times are {unit}, converted to seconds")
    latest = seconds[known].max()
    times: Array = np.where(known, seconds, latest).astype(np.int64)
    return times


def _sentence(table: Table, known: Array, unknown: int, usable: bool) -> str:
    row = int(np.argmin(known))
    cell = table.frame["timestamp"].iloc[row]
    value = f"{cell:.10g}" if isinstance(cell, int | float) else quoted(cell)
    then = "unknown times count as the latest" if usable else "so no times are used"
    return (
        f"timestamp: {unknown:,} of {counted(len(known), 'value')} cannot be read as times; "
        f"{then}; first {table.place(row)}: {value}"
    )


def _seconds(column: "pd.Series[Any]") -> Times:
    if pd.api.types.is_numeric_dtype(column):
        return from_numbers(column.to_numpy(dtype=np.float64))
    codes, cells = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=True)
    distinct = from_texts([str(cell) for cell in cells])
    return distinct._replace(seconds=np.append(distinct.seconds, np.nan)[codes])
