"""Content columns to `Field`s: one column of one raw file, spread over all users or items.

Cells: category a str, set a sequence of str, number a float; None, NaN and "" mean unknown.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from coldbench.data.ratings import Array, Field
from coldbench.data.raw.rawfile import parse_number
from coldbench.data.table import Kind, Table
from coldbench.data.vocabulary import index_of, shortlex
from coldbench.errors import shorten

__all__ = ["LONGEST_SET", "YEARS", "content_fields", "is_unknown"]

LARGEST = 3e38
LONGEST_SET = 64
YEARS = ("release_year", "year", "publication_year", "year_of_publication")
"""Columns that always become numbers, whatever their declared type."""

Cells = npt.NDArray[np.object_]


def content_fields(
    table: Table, rows: Array, owner: Array, size: int
) -> tuple[tuple[Field, ...], list[str]]:
    """The declared fields of a content table, and notes on what was truncated or unreadable.

    rows: the table's rows to use; owner: the user or item of each; size: how many there are.
    """
    fields, notes = [], []
    for name, kind in table.kinds.items():
        column = table.frame[name].to_numpy(dtype=object)
        field, note = _encode(table, name, kind, column, rows, owner, size)
        fields.append(field)
        notes += [note] if note else []
    return tuple(fields), notes


def _encode(
    table: Table, name: str, kind: Kind, column: Cells, rows: Array, owner: Array, size: int
) -> tuple[Field, str]:
    if kind == "number":
        return _number(table, name, column, rows, owner, size)
    if kind == "category":
        return _category(name, column[rows], owner, size), ""
    return _set(name, column[rows], owner, size)


def _number(
    table: Table, name: str, column: Cells, rows: Array, owner: Array, size: int
) -> tuple[Field, str]:
    numbers = np.array([_as_float(cell) for cell in column[rows]], dtype=np.float64)
    wrong = np.abs(numbers) > LARGEST
    if name in YEARS:
        numbers[wrong] = np.nan
        note = f"{name}: {wrong.sum()} values are not numbers and count as unknown"
    elif wrong.any():
        row = int(rows[np.argmax(wrong)])
        raise table.error(row, f"{name} is {shorten(column[row])}; a finite number is expected")
    values = np.full(size, np.nan, dtype=np.float32)
    values[owner] = numbers
    return Field(name, "number", 0, values), note if wrong.any() else ""


def _as_float(cell: Any) -> float:
    """The number, NaN when unknown, infinity when the cell is not a number."""
    if is_unknown(cell):
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
    texts = ["" if is_unknown(cell) else str(cell) for cell in cells]
    labels = shortlex(text for text in texts if text)
    code = {"": 0, **index_of(labels, 1)}
    values[owner] = [code[text] for text in texts]
    return Field(name, "category", len(labels) + 1, values, tuple(labels))


def _set(name: str, cells: Cells, owner: Array, size: int) -> tuple[Field, str]:
    members = [_members(cell) for cell in cells]
    long = sum(len(member) > LONGEST_SET for member in members)
    members = [member[:LONGEST_SET] for member in members]
    labels = shortlex(text for member in members for text in member)
    code = index_of(labels, 1)
    width = max((len(member) for member in members), default=0)
    values = np.zeros((size, max(width, 1)), dtype=np.int32)
    for place, member in zip(owner, members, strict=True):
        values[place, : len(member)] = [code[text] for text in member]
    note = (
        f"{name}: {long} sets were truncated to their first {LONGEST_SET} members" if long else ""
    )
    return Field(name, "set", len(labels) + 1, values, tuple(labels)), note


def _members(cell: Any) -> Sequence[str]:
    if is_unknown(cell):
        return ()
    parts: Iterable[Any] = (cell,) if isinstance(cell, str) else cell
    return tuple(dict.fromkeys(str(part) for part in parts if not is_unknown(part)))


def is_unknown(cell: Any) -> bool:
    """None, NaN, NaT, pandas' NA and the empty string."""
    if cell is None or (isinstance(cell, str) and not cell):
        return True
    return not isinstance(cell, str | Sequence | set | frozenset | np.ndarray) and cell != cell
