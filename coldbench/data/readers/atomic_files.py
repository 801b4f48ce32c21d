"""RecBole atomic files: NAME.inter, perhaps NAME.user and NAME.item, tab-separated, typed header.

Header cells are `name:type` with the types token, token_seq (separated by spaces), float and
float_seq. Of NAME.inter only user_id, item_id, the rating, timestamp and split are used. A release
year is a number whatever its type; a title is a display name; a float_seq of constant length
becomes one number field per position.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from coldbench.data.build import build
from coldbench.data.cleaning import AS_THEY_ARE, Cleaning
from coldbench.data.delimited import Cut, rating_table, records
from coldbench.data.fields import YEARS
from coldbench.data.ratings import Ratings, Scale
from coldbench.data.raw.rawfile import BOM, RawFile
from coldbench.data.table import Kind, Table
from coldbench.errors import DataError, shorten

__all__ = ["read_atomic"]

TYPES = ("token", "token_seq", "float", "float_seq")
LONGEST_VECTOR = 64
SCALES = {
    "ml-100k": Scale(1, 5, 1),
    "ml-1m": Scale(1, 5, 1),
    "ml-latest-small": Scale(0.5, 5, 0.5),
    "ml-10m": Scale(0.5, 5, 0.5),
    "ml-20m": Scale(0.5, 5, 0.5),
    "ml-25m": Scale(0.5, 5, 0.5),
    "ml-32m": Scale(0.5, 5, 0.5),
}
"""Scales of data sets known by name; other scales are inferred from the ratings."""

RENAMED = {"ml-100k": {"class": "genre"}}
"""Columns that one edition of a data set calls as no other does."""


class Column(NamedTuple):
    """A header cell: name, type, and position in the line."""

    name: str
    type: str
    position: int


def read_atomic(
    name: str,
    files: dict[str, RawFile],
    scale: Scale | None = None,
    licence: str = "unknown",
    cleaning: Cleaning = AS_THEY_ARE,
) -> Ratings:
    """Ratings from the files NAME.inter, NAME.user and NAME.item, the last two optional."""
    renamed = RENAMED.get(name, {})
    users, items = (
        _content(files.get(f"{name}.{owner}"), owner, renamed) for owner in ("user", "item")
    )
    return build(
        name,
        _ratings(files[f"{name}.inter"]),
        users,
        items,
        scale=scale or SCALES.get(name),
        licence=licence,
        notes=[f"{file} is not UTF-8; read as Latin-1" for file, r in files.items() if not r.utf8],
        warnings=[words for file, raw in files.items() for words in _odd_separator(file, raw)],
        cleaning=cleaning,
    )


def _ratings(raw: RawFile) -> Table:
    header = _header(raw)
    columns = {"user": _find(raw, header, "user_id"), "item": _find(raw, header, "item_id")}
    columns["rating"] = _rating_column(raw, header)
    named = {column.name: column.position for column in header}
    for ours, theirs in (("timestamp", "timestamp"), ("role", "split")):
        columns |= {ours: named[theirs]} if theirs in named else {}
    return rating_table(raw, Cut(_separator(raw), len(header), skip=1), columns)


def _separator(raw: RawFile) -> str:
    """A tab, unless the header is cut by commas or semicolons into cells name:type."""
    line = raw.first_line
    if "\t" not in line:
        for separator in ",;":
            cells = line.split(separator)
            if len(cells) > 1 and all(cell.rpartition(":")[2] in TYPES for cell in cells):
                return separator
    return "\t"


def _odd_separator(file: str, raw: RawFile) -> list[str]:
    separator = _separator(raw)
    if separator == "\t":
        return []
    return [f"{file} is separated by {separator!r}, atomic files by tabs; read as it is"]


def _header(raw: RawFile) -> list[Column]:
    if not raw.data.removeprefix(BOM).strip():
        raise DataError(f"{raw.label}:1: the file is empty; a header name:type is needed")
    header = []
    for position, cell in enumerate(raw.first_line.split(_separator(raw))):
        name, colon, kind = cell.rpartition(":")
        if not (name and colon) or kind not in TYPES:
            raise raw.error(
                0, f"header cell {shorten(cell)} is not name:type with type {', '.join(TYPES)}"
            )
        header.append(Column(name, kind, position))
    names = [column.name for column in header]
    for name in names:
        if names.count(name) > 1:
            raise raw.error(0, f"the header names {shorten(name)} twice")
    return header


def _find(raw: RawFile, header: list[Column], name: str) -> int:
    for column in header:
        if column.name == name:
            return column.position
    names = shorten(", ".join(column.name for column in header), 200)
    raise raw.error(0, f"the header has no column {name}, only {names}")


def _rating_column(raw: RawFile, header: list[Column]) -> int:
    """The one called so, of whatever type; else the only number whose name has the word in it."""
    called = [c for c in header if c.name == "rating"]
    found = called or [c for c in header if "rating" in c.name and c.type == "float"]
    if len(found) == 1:
        return found[0].position
    names = shorten(", ".join(column.name for column in found or header), 200)
    problem = f"more than one column could be the rating: {names}" if found else (
        f"the header has no column rating, only {names}"
    )  # fmt: skip
    raise raw.error(
        0,
        f"{problem}; say which with `--dataset table --set dataset.path={raw.label} --set "
        "dataset.columns.rating=NAME:TYPE`",
    )


def _content(raw: RawFile | None, owner: str, renamed: Mapping[str, str]) -> Table | None:
    if raw is None:
        return None
    header = [c._replace(name=renamed.get(c.name, c.name)) for c in _header(raw)]
    own = _find(raw, header, f"{owner}_id")
    rows = list(records(raw, Cut(_separator(raw), len(header), skip=1)))
    frame: dict[str, list[Any]] = {owner: [row[own] for row in rows]}
    kinds: dict[str, Kind] = {}
    for column in header:
        cells = [row[column.position] for row in rows]
        if column.position == own:
            continue
        if owner == "item" and column.name.endswith("title") and "title" not in frame:
            frame["title"] = cells
            continue
        fields = _fields(column, cells)
        frame |= fields
        kinds |= dict.fromkeys(fields, _kind(column))
    return Table(pd.DataFrame(frame, dtype=object), raw.label, 2, kinds)


def _kind(column: Column) -> Kind:
    if column.name in YEARS or column.type.startswith("float"):
        return "number"
    return "set" if column.type == "token_seq" else "category"


def _fields(column: Column, cells: list[str]) -> dict[str, list[Any]]:
    name = column.name + "_" if column.name in ("user", "item", "title") else column.name
    if not column.type.endswith("_seq") or column.name in YEARS:
        return {name: cells}
    parts = [[part for part in cell.split(" ") if part] for cell in cells]
    if column.type == "token_seq":
        return {name: parts}
    widths = {len(part) for part in parts if part}
    if len(widths) != 1 or max(widths) > LONGEST_VECTOR:
        return {}
    width = widths.pop()
    padded = [part or [""] * width for part in parts]
    return {f"{name}.{place}": [part[place] for part in padded] for place in range(width)}
