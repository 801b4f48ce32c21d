"""Tables in text: separated by commas, tabs, semicolons, bars, `::` or blanks.

A separator is recognised by the first lines. With a header row columns have names, without one
they are called 1, 2, 3, ...
"""

import csv
from collections.abc import Mapping, Sequence

import numpy as np

from coldbench.data.delimited import Cut, numbered, rating_table
from coldbench.data.raw.members import Member
from coldbench.data.raw.nature import HEAD
from coldbench.data.raw.rawfile import RawFile, parse_number
from coldbench.data.table import Table
from coldbench.data.tables.columns import is_known
from coldbench.data.tables.sheet import Cells, Sheet
from coldbench.errors import shorten

__all__ = ["TextSheet"]

SEPARATORS = {"::": "'::'", "\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas",
              " ": "blanks"}  # fmt: skip
SEEN = 50
"""As many first records are looked at."""


class TextSheet(Sheet):
    """separator: found in the first lines unless given; header: the names when it has no header
    row, by which `headed` is False; wide: the column that may hold the separator."""

    def __init__(
        self,
        member: Member,
        separator: str = "",
        header: Sequence[str] | None = None,
        wide: str = "",
    ) -> None:
        super().__init__(member)
        lines = _first_lines(member)
        self.separator = separator or _separator(lines)
        self.form = f"separated by {SEPARATORS.get(self.separator, shorten(self.separator))}"
        self.rows, taken = _rows(lines, self.separator)
        first = self.rows[0] if self.rows else []
        self.headed = header is None and not _has_numbers(first)
        self.names = tuple(header) if header else _named(first, self.headed)
        skip = taken if self.headed else 0
        self.cut = Cut(self.separator, len(self.names), skip)
        self.cut = self.cut._replace(wide=self.names.index(wide) if wide else None)
        if _quoted(self.separator, lines):
            self.cut = self.cut._replace(quotes="doubled")

    def ratings(self, columns: Mapping[str, str]) -> Table:
        places = {ours: self.names.index(theirs) for ours, theirs in columns.items()}
        return rating_table(self.raw, self.cut, places)

    def content(self, names: Sequence[str]) -> Cells:
        rows = list(numbered(self.raw, self.cut))
        places = {name: self.names.index(name) for name in names}
        columns = {name: [row[place] for _, row in rows] for name, place in places.items()}
        lines = np.array([line + 1 for line, _ in rows], dtype=np.int64)
        return Cells(columns, self.cut.skip + 1, lines)

    def sample(self, name: str) -> list[str]:
        place = self.names.index(name)
        return [row[place] for row in self.rows[self.headed :] if place < len(row)]


def _first_lines(member: Member) -> list[str]:
    head = member.head
    if len(head) >= HEAD and b"\n" in head:
        head = head[: head.rindex(b"\n")]
    return RawFile(member.label, head).lines


def _separator(lines: list[str]) -> str:
    """The one that cuts most records as often as the first, into the most fields."""
    best, most = ",", 1
    for separator in SEPARATORS:
        rows, _ = _rows(lines, separator)
        width = len(rows[0]) if rows else 0
        alike = sum(len(row) == width for row in rows)
        if width > most and alike >= 0.8 * len(rows):
            best, most = separator, width
    return best


def _rows(lines: list[str], separator: str) -> tuple[list[list[str]], int]:
    """The first records, and how many lines the first one takes."""
    if not _quoted(separator, lines):
        rows = [line.split(separator) for line in lines[:SEEN]]
        return rows, 1
    rows, taken = [], 0
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator)
    try:
        for row in reader:
            taken = taken or reader.line_num
            rows += [row] if row else []
            if len(rows) == SEEN:
                break
    except csv.Error:
        pass
    return rows, max(taken, 1)


def _quoted(separator: str, lines: list[str]) -> bool:
    """Between tabs or blanks a quote is a letter, unless the first line begins with one."""
    if len(separator) > 1:
        return False
    return separator not in "\t " or (bool(lines) and lines[0].startswith('"'))


def _has_numbers(cells: list[str]) -> bool:
    """A row of data: at least half of its cells are numbers, which no column is called by, or one
    is and no other is called like a column of ratings."""
    numbers = sum(parse_number(cell.strip()) is not None for cell in cells)
    return numbers > 0 and (2 * numbers >= len(cells) or not any(map(is_known, cells)))


def _named(first: list[str], headed: bool) -> tuple[str, ...]:
    """Names that are not empty and do not recur."""
    if not headed:
        return tuple(str(place) for place, _ in enumerate(first, 1))
    names: list[str] = []
    for place, cell in enumerate(first, 1):
        name = cell.strip() or f"column {place}"
        while name in names:
            name = f"{name} ({place})"
        names.append(name)
    return tuple(names)
