"""Times of ratings as seconds since 1970, from numbers of any usual unit or from dates.

A time that cannot be read is unknown. It counts as the latest one, so that no protocol that goes
by time takes the rating for an early one; ratings of equal time stay in the order of the file.
With more than one, and more than MOST_UNKNOWN of all, times are left out altogether.
"""

from typing import Any

import numpy as np
import pandas as pd

from coldbench.data.findings import Findings, counted, quoted
from coldbench.data.ratings import Array
from coldbench.data.raw.rawfile import parse_number
from coldbench.data.table import Table

__all__ = ["MOST_UNKNOWN", "read_times", "seconds_since_1970"]

MOST_UNKNOWN = 0.05
LAST_SECOND = 253_402_300_799
"""The end of the year 9999."""
UNITS = ((1e17, 1e9, "nanoseconds"), (1e14, 1e6, "microseconds"), (1e11, 1e3, "milliseconds"))
"""Above which typical size times have so many parts a second: 1e11 s is after the year 5000, and
1e11 ms before 1974."""

WRITTEN = {"20140131": "%Y%m%d", "2014": "%Y"}
FIRST = -2_208_988_800.0  # 1900: no number below it is a date


def read_times(table: Table, findings: Findings) -> Array | None:
    """Seconds, int64 [N], or None without (usable) times."""
    if "timestamp" not in table.frame:
        return None
    seconds = _seconds(table.frame["timestamp"], findings)
    with np.errstate(invalid="ignore"):
        known = (seconds >= 0) & (seconds <= LAST_SECOND)
    unknown = len(known) - int(np.count_nonzero(known))
    usable = unknown <= max(1, MOST_UNKNOWN * len(known)) and bool(known.any())
    if unknown:
        findings.unreadable(_sentence(table, known, unknown, usable))
    if not usable:
        return None
    times = np.where(known, seconds, seconds[known].max()) if unknown else seconds
    return times.astype(np.int64)


def _sentence(table: Table, known: Array, unknown: int, usable: bool) -> str:
    row = int(np.argmin(known))
    cell = table.frame["timestamp"].iloc[row]
    value = f"{cell:.10g}" if isinstance(cell, int | float) else quoted(cell)
    then = "unknown times count as the latest" if usable else "so no times are used"
    return (
        f"timestamp: {unknown:,} of {counted(len(known), 'value')} cannot be read as times; "
        f"{then}; first {table.place(row)}: {value}"
    )


def _seconds(column: "pd.Series[Any]", findings: Findings) -> Array:
    """Float64 seconds, NaN where a cell is neither a number nor a date."""
    if pd.api.types.is_numeric_dtype(column):
        return _scaled(column.to_numpy(dtype=np.float64), findings)
    codes, cells = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=True)
    texts = [str(cell).strip() for cell in cells]
    read = [parse_number(text) for text in texts]
    numbers = np.array([np.nan if number is None else number for number in read])
    dates = _dates(
        ["" if known else text for text, known in zip(texts, ~np.isnan(numbers), strict=True)]
    )
    if not np.isnan(dates).all():
        findings.understood.append("times are dates; those without a zone are read as UTC")
    distinct = np.where(np.isnan(dates), _scaled(numbers, findings), dates)
    seconds: Array = np.append(distinct, np.nan)[codes]
    return seconds


def _scaled(numbers: Array, findings: Findings) -> Array:
    for form, written in WRITTEN.items():
        if (dates := _written(numbers, written)) is not None:
            findings.understood.append(f"times are numbers like {form}; read as dates in UTC")
            return dates
    finite = np.abs(numbers[np.isfinite(numbers)])
    typical = float(np.median(finite)) if len(finite) else 0.0
    for above, parts, unit in UNITS:
        if typical > above:
            findings.understood.append(f"times are {unit} since 1970; converted to seconds")
            return numbers / parts
    return numbers


def _written(numbers: Array, written: str) -> Array | None:
    """Seconds, where every number is a date that is written so."""
    known = np.isfinite(numbers)
    texts = [f"{number:.0f}" if ok else "" for number, ok in zip(numbers, known, strict=True)]
    if not known.any() or (numbers[known] % 1 != 0).any():
        return None
    cells = pd.Series(texts, dtype=object)
    dates = seconds_since_1970(pd.to_datetime(cells, format=written, utc=True, errors="coerce"))
    return dates if np.isfinite(dates[known]).all() and (dates[known] >= FIRST).all() else None


def _dates(texts: list[str]) -> Array:
    cells = pd.Series(texts, dtype=object)
    return seconds_since_1970(pd.to_datetime(cells, format="ISO8601", utc=True, errors="coerce"))


def seconds_since_1970(stamps: "pd.Series[Any]") -> Array:
    """Of dates in UTC, float64, NaN for NaT; by way of whole seconds, where no year overflows."""
    whole = stamps.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    return np.where(np.isnat(whole), np.nan, whole.astype(np.int64).astype(np.float64))
