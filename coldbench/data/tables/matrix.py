"""Ratings as a matrix of text: a row a user, a column an item, in front how many were rated.

Users and items are called by their numbers, from 1.
"""

import numpy as np
import pandas as pd

from coldbench.data.delimited import numbered
from coldbench.data.raw.rawfile import parse_number
from coldbench.data.table import Table
from coldbench.data.tables.sheet import Sheet
from coldbench.data.tables.text_sheet import TextSheet
from coldbench.errors import shorten

__all__ = ["matrix_table"]


def matrix_table(sheet: Sheet) -> Table:
    """All cells as ratings, those that mean "not rated" too; empty cells are no ratings."""
    assert isinstance(sheet, TextSheet)
    values, lines = [], []
    for row, cells in numbered(sheet.raw, sheet.cut):
        numbers = [parse_number(cell.strip() or "nan") for cell in cells]
        if None in numbers:
            cell = cells[numbers.index(None)]
            raise sheet.raw.error(row, f"rating is {shorten(cell)}; a number is expected")
        values.append(numbers[1:])
        lines.append(row + 1)
    table = np.array(values, dtype=np.float64).reshape(len(lines), sheet.cut.width - 1)
    users, items = np.nonzero(~np.isnan(table))
    frame = {
        "user": _numbered(users, len(lines)),
        "item": _numbered(items, table.shape[1]),
        "rating": table[users, items],
    }
    return Table(pd.DataFrame(frame), sheet.label, 1, lines=np.array(lines, dtype=np.int64)[users])


def _numbered(codes: "np.typing.NDArray[np.int64]", size: int) -> pd.Categorical:
    names = pd.Index([str(place) for place in range(1, size + 1)], dtype=object)
    return pd.Categorical.from_codes(codes.astype(np.int32), categories=names)
