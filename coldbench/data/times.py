"""Times as files have them, to Unix seconds: epochs of any unit, and dates as text.

What cannot be read is NaN. The unit of an epoch is that of its median: seconds until the year
5138, milliseconds below 10^14, microseconds below 10^17, nanoseconds above.
"""

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from coldbench.data.ratings import Array

__all__ = ["Times", "from_numbers", "from_texts"]

UNITS = (
    (1e11, 1.0, "seconds"),
    (1e14, 1e3, "milliseconds"),
    (1e17, 1e6, "microseconds"),
    (np.inf, 1e9, "nanoseconds"),
)
FORMATS = (
    "ISO8601",
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%a %b %d %H:%M:%S %z %Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%m %d, %Y",
)
EITHER_ORDER = ("%d/%m/%Y", "%m/%d/%Y")
"""Tried last, and only used when the dates fit one of them better than the other."""
ENOUGH = 0.5
"""The share of cells that a way of reading must understand."""


class Times(NamedTuple):
    """Unix seconds, float64, NaN where unknown; and the unit or form in which they were."""

    seconds: Array
    unit: str


def from_numbers(raw: Array) -> Times:
    """Epochs, in the unit that their size tells."""
    usual = raw[np.isfinite(raw) & (raw > 0)]
    middle = float(np.median(usual)) if len(usual) else 0.0
    _, per_second, unit = next(entry for entry in UNITS if middle < entry[0])
    return Times(raw if per_second == 1 else np.floor(raw / per_second), f"{unit} since 1970")


def from_texts(texts: Sequence[str]) -> Times:
    """Numbers as text, or dates in the form that most of them have."""
    cells = pd.Series(texts, dtype=object).str.strip()
    known = (cells != "").to_numpy()
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(dtype=np.float64)
    if np.isfinite(numbers).sum() >= max(ENOUGH * known.sum(), 1):
        return from_numbers(numbers)
    seconds = np.full(len(cells), np.nan)
    seconds[known], form = _dates(cells[known])
    return Times(seconds, form)


def _dates(cells: "pd.Series[Any]") -> tuple[Array, str]:
    best, form = np.full(len(cells), np.nan), "in no form that is known"
    for candidate in FORMATS:
        seconds = _parsed(cells, candidate)
        if np.isfinite(seconds).sum() > np.isfinite(best).sum():
            best, form = seconds, "dates as text"
        if np.isfinite(best).sum() >= max(ENOUGH * len(cells), 1):
            return best, form
    days, months = (_parsed(cells, candidate) for candidate in EITHER_ORDER)
    first, second = np.isfinite(days).sum(), np.isfinite(months).sum()
    if max(first, second) <= np.isfinite(best).sum():
        return best, form
    if first == second and not np.array_equal(days, months):
        return best, "dates that leave open which is the day and which the month"
    return (days, "dates day/month/year") if first > second else (months, "dates month/day/year")


def _parsed(cells: "pd.Series[Any]", form: str) -> Array:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            stamps: Any = pd.to_datetime(cells, format=form, errors="coerce", utc=True)
        except (ValueError, TypeError, OverflowError):
            return np.full(len(cells), np.nan)
    whole = stamps.dt.tz_localize(None).to_numpy().astype("datetime64[s]")
    return np.where(np.isnat(whole), np.nan, whole.astype(np.int64).astype(np.float64))
