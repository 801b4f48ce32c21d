"""Content columns to `Field`s: one column of one raw file, spread over all users or items.

Cells: category a str, set a sequence of str, number a float; None, NaN and "" mean unknown.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from coldbench.data.findings import Findings, quoted, says_missing
from coldbench.data.ratings import Array, Field
from coldbench.data.raw.rawfile import parse_number
from coldbench.data.table import Table
from coldbench.data.vocabulary import index_of, shortlex

__all__ = ["LONGEST_SET", "YEARS", "content_fields", "is_unknown", "text_of"]

LARGEST = 3e38
LONGEST_SET = 64
YEARS = ("release_year", "year", "publication_year", "year_of_publication")
"""Columns that always become numbers, whatever their declared type."""

Cells = npt.NDArray[np.object_]


def content_fields(
    table: Table, rows: Array, owner: Array, size: int, findings: Findings
) -> tuple[Field, ...]:
    """The declared fields of a content table.

    rows: the table's rows to use; owner: the user or item of each; size: how many there are.
    """
    fields = []
    for name, kind in table.kinds.items():
        cells = table.frame[name].to_numpy(dtype=object)[rows]
        if kind == "number":
            numbers = _numbers(table, name, cells, rows, findings)
            fields.append(_number(name, numbers, owner, size))
        elif kind == "category":
            fields.append(_category(name, cells, owner, size))
        else:
            fields.append(_set(name, cells, owner, size, findings))
    return tuple(fields)


def _numbers(table: Table, name: str, cells: Cells, rows: Array, findings: Findings) -> Array:
    """Float64, NaN for unknown; a cell that cannot be read is unknown, too."""
    numbers = np.array([_as_float(cell) for cell in cells], dtype=np.float64)
    wrong = np.abs(numbers) > LARGEST
    if wrong.any():
        place = int(np.argmax(wrong))
        findings.unreadable(
            f"{name}: {np.count_nonzero(wrong):,} of {len(cells):,} values cannot be read as "
            f"numbers and count as unknown; first {table.place(int(rows[place]))}: "
            f"{quoted(cells[place])}"
        )
    return np.where(wrong, np.nan, numbers)


def _number(name: str, numbers: Array, owner: Array, size: int) -> Field:
    values = np.full(size, np.nan, dtype=np.float32)
    values[owner] = numbers
    return Field(name, "number", 0, values)


def _as_float(cell: Any) -> float:
    """The number, NaN when unknown, infinity when the cell is not a number."""
    if is_unknown(cell) or (isinstance(cell, str) and says_missing(cell)):
        return np.nan
    number = parse_number(cell.strip()) if isinstance(cell, str) else _converted(cell)
    return np.inf if number is None or np.isnan(number) else number


def _converted(cell: Any) -> float | None:
    try:
        return float(cell)
    except (TypeError, ValueError, OverflowError):
        return None


def _category(name: str, cells: Cells, owner: Array, size: int) -> Field:
    values = np.zeros(size, dtype=np.int32)
    texts = ["" if is_unknown(cell) else text_of(cell) for cell in cells]
    labels = shortlex(text for text in texts if text)
    code = {"": 0, **index_of(labels, 1)}
    values[owner] = [code[text] for text in texts]
    return Field(name, "category", len(labels) + 1, values, tuple(labels))


def _set(name: str, cells: Cells, owner: Array, size: int, findings: Findings) -> Field:
    members = [_members(cell) for cell in cells]
    long = sum(len(member) > LONGEST_SET for member in members)
    if long:
        sentence = f"{name}: {long} sets were truncated to their first {LONGEST_SET} members"
        findings.notes.append(sentence)
    members = [member[:LONGEST_SET] for member in members]
    labels = shortlex(text for member in members for text in member)
    code = index_of(labels, 1)
    width = max((len(member) for member in members), default=0)
    values = np.zeros((size, max(width, 1)), dtype=np.int32)
    for place, member in zip(owner, members, strict=True):
        values[place, : len(member)] = [code[text] for text in member]
    return Field(name, "set", len(labels) + 1, values, tuple(labels))


def _members(cell: Any) -> Sequence[str]:
    if is_unknown(cell):
        return ()
    parts: Iterable[Any] = (cell,) if isinstance(cell, str) else cell
    return tuple(dict.fromkeys(text_of(part) for part in parts if not is_unknown(part)))


def text_of(cell: Any) -> str:
    """A label or an id; a whole number without decimals, since a column with gaps has 7 as 7.0."""
    whole = isinstance(cell, float | np.floating) and float(cell).is_integer()
    return str(int(cell)) if whole else str(cell)


def is_unknown(cell: Any) -> bool:
    """None, NaN, NaT, pandas' NA and the empty string."""
    if cell is None or cell is pd.NA or (isinstance(cell, str) and not cell):
        return True
    return not isinstance(cell, str | Sequence | set | frozenset | np.ndarray) and cell != cell
