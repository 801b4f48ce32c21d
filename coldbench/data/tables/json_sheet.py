"""Tables as JSON lines: an object a line, whose keys are the columns."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from coldbench.data.delimited import as_column, from_arrow
from coldbench.data.ratings import Array
from coldbench.data.raw.members import Member
from coldbench.data.raw.nature import HEAD
from coldbench.data.raw.rawfile import RawFile, parse_number
from coldbench.data.table import Table
from coldbench.data.tables.sheet import Cells, Sheet, cell
from coldbench.errors import shorten

__all__ = ["JsonSheet"]

SEEN = 200


class JsonSheet(Sheet):
    """Its columns are the keys of the first objects."""

    form = "JSON lines"

    def __init__(self, member: Member) -> None:
        super().__init__(member)
        head = member.head
        if len(head) >= HEAD and b"\n" in head:
            head = head[: head.rindex(b"\n")]
        raw = RawFile(member.label, head)
        self.first = [entry for _, entry in _objects(raw, raw.lines[:SEEN])]
        self.names = tuple(dict.fromkeys(key for entry in self.first for key in entry))

    def ratings(self, columns: Mapping[str, str]) -> Table:
        frame, lines = _fast(self.raw, self.first, columns) or _slow(self.raw, columns)
        return Table(frame, self.label, 1, lines=lines)

    def content(self, names: Sequence[str]) -> Cells:
        columns: dict[str, list[Any]] = {name: [] for name in names}
        nested, lines = set(), []
        for row, entry in _objects(self.raw, self.raw.lines):
            lines.append(row + 1)
            for name in names:
                value = cell(entry.get(name))
                nested |= {name} if value is None else set()
                columns[name].append("" if value is None else value)
        return Cells(columns, 1, np.array(lines, dtype=np.int64), frozenset(nested))

    def sample(self, name: str) -> list[str]:
        return [str(entry[name]) for entry in self.first if entry.get(name) is not None]


def _objects(raw: RawFile, lines: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for row, line in enumerate(lines):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise raw.error(row, f"no JSON ({shorten(error)}): {shorten(line)}") from error
        if not isinstance(entry, dict):
            raise raw.error(row, f"no JSON object: {shorten(line)}")
        yield row, entry


def _slow(raw: RawFile, columns: Mapping[str, str]) -> tuple[pd.DataFrame, Array | None]:
    cells: dict[str, list[Any]] = {name: [] for name in columns}
    lines = []
    for row, entry in _objects(raw, raw.lines):
        lines.append(row + 1)
        for ours, theirs in columns.items():
            cells[ours].append(_value(raw, row, ours, theirs, entry.get(theirs)))
    frame = {name: as_column(name, values) for name, values in cells.items()}
    return pd.DataFrame(frame), np.array(lines, dtype=np.int64)


def _value(raw: RawFile, row: int, ours: str, theirs: str, value: Any) -> Any:
    text = cell(value)
    if not isinstance(text, str) or (isinstance(value, bool) and ours != "role"):
        if ours == "timestamp":
            return ""
        raise raw.error(row, f"{ours} {shorten(theirs)} is {shorten(json.dumps(value))}")
    if ours != "rating":
        return text
    number = parse_number(text.strip())
    if number is None:
        raise raw.error(row, f"rating is {shorten(text)}; a number is expected")
    return number


def _fast(
    raw: RawFile, first: list[dict[str, Any]], columns: Mapping[str, str]
) -> tuple[pd.DataFrame, None] | None:
    """By Arrow, when every cell has the type of the first ones; None when it refuses."""
    import pyarrow as pa
    from pyarrow import json as arrow

    kinds = {ours: {type(e.get(theirs)) for e in first} for ours, theirs in columns.items()}
    types = {ours: _type(ours, kind) for ours, kind in kinds.items()}
    if "" in types.values() or len(set(columns.values())) < len(columns):
        return None
    data = raw.utf8_bytes
    schema = pa.schema([(columns[ours], getattr(pa, types[ours])()) for ours in columns])
    try:
        table = arrow.read_json(
            pa.BufferReader(data),
            arrow.ReadOptions(use_threads=False, block_size=1 << 26),
            arrow.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
        )
        if len(table) != data.count(b"\n") + (not data.endswith(b"\n")):
            return None  # some lines are empty, or some objects are in one line
        if any(table[theirs].null_count for theirs in columns.values()):
            return None
        frame = {ours: _from_arrow(ours, table[theirs]) for ours, theirs in columns.items()}
    except (pa.ArrowException, ValueError):
        return None
    return pd.DataFrame(frame), None


def _type(ours: str, kinds: set[type]) -> str:
    if ours in ("rating", "timestamp") and kinds and kinds <= {int, float}:
        return "float64"
    if kinds == {int} and ours != "rating":
        return "int64"
    return "string" if kinds == {str} and ours != "rating" else ""


def _from_arrow(name: str, column: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_float64(column.type):
        return column.to_numpy()
    return from_arrow(name, column.cast(pa.string()).dictionary_encode())
