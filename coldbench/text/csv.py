"""CSV that a spreadsheet cannot execute: full precision, formula cells made text."""

import csv
import io
import math
from collections.abc import Iterable, Sequence

import pandas as pd

__all__ = ["frame_to_csv", "to_csv"]

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def frame_to_csv(frame: pd.DataFrame) -> str:
    """The whole table, without its index."""
    return to_csv(list(frame.columns), frame.itertuples(index=False, name=None))


def to_csv(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """Lines end in a line feed; floats are `repr`, missing values empty."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in line] for line in lines)
    return sink.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        value = f"'{value}" if value.startswith(FORMULA) else value
        # a bare carriage return is not quoted, yet starts a row in a spreadsheet
        return value.replace("\r", "\n").replace("\x00", "\ufffd")
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(float(value))
    return str(value)
