"""The year of a date, as content columns have them."""

from collections.abc import Sequence

import pandas as pd

__all__ = ["years"]


def years(texts: Sequence[str]) -> list[str]:
    """The year of each ISO date, "" where a text is none."""
    cells = pd.Series(texts, dtype=object)
    stamps = pd.to_datetime(cells, format="ISO8601", utc=True, errors="coerce")
    return ["" if year != year else str(int(year)) for year in stamps.dt.year]
