"""The official CSV dump of Book-Crossing: `;`-separated, quoted, backslash escapes, Latin-1.

BX-Book-Ratings.csv  user; ISBN; rating 0..10, where 0 says "has read it": dropped, and noted
BX-Users.csv         user; "city, state, country"; age or NULL
BX-Books.csv         ISBN; title; author; year; publisher; three image URLs
"""

import html
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from coldbench.data.build import build
from coldbench.data.cleaning import AS_GIVEN, RawOptions
from coldbench.data.delimited import Cut, rating_table, records
from coldbench.data.ratings import Ratings, Scale
from coldbench.data.raw.rawfile import RawFile, parse_number
from coldbench.data.table import Kind, Table
from coldbench.errors import DataError

__all__ = ["read_book_crossing"]

COLUMNS = {"user": 0, "item": 1, "rating": 2}
AGES = (5, 100)
YEARS = (1000, 2005)
"""Plausible values; the dump, made in 2004, has readers aged 0 and 244, and books of 0 and 2050."""
USER_KINDS: dict[str, Kind] = {"country": "category", "state": "category", "age": "number"}
ITEM_KINDS: dict[str, Kind] = {
    "year_of_publication": "number",
    "author": "category",
    "publisher": "category",
}


def read_book_crossing(
    files: Mapping[str, RawFile], licence: str, options: RawOptions = AS_GIVEN
) -> Ratings:
    """Explicit ratings from the dump's files by name; raises DataError with file and line."""
    ratings, dropped = _explicit(files["BX-Book-Ratings.csv"])
    return build(
        "book-crossing",
        ratings,
        _users(files["BX-Users.csv"]),
        _books(files["BX-Books.csv"]),
        scale=options.given_scale or Scale(1, 10, 1),
        licence=licence,
        cleaning=options.cleaning,
        notes=[f"{dropped} implicit ratings (0) were dropped"] if dropped else [],
    )


def _explicit(raw: RawFile) -> tuple[Table, int]:
    table = rating_table(raw, Cut(";", 3, skip=1, quoted=True), COLUMNS)
    explicit = (table.frame["rating"] != 0).to_numpy()
    if len(explicit) and not explicit.any():
        raise DataError(f"{raw.label}: all {len(explicit)} ratings are implicit (0)")
    frame = table.frame[explicit].reset_index(drop=True)
    for name in ("user", "item"):
        frame[name] = frame[name].cat.remove_unused_categories()
    lines = explicit.nonzero()[0] + 2
    return replace(table, frame=frame, lines=lines), len(explicit) - len(frame)


def _users(raw: RawFile) -> Table:
    rows = [
        (user, *_place(location), _within(age, AGES))
        for user, location, age in records(raw, Cut(";", 3, skip=1, quoted=True))
    ]
    frame = pd.DataFrame(rows, columns=["user", "country", "state", "age"], dtype=object)
    return Table(frame, raw.label, 2, USER_KINDS)


def _place(location: str) -> tuple[str, str]:
    """Country and state, lower case; the state with its country, since names recur."""
    parts = [part.strip().lower() for part in location.split(",")]
    parts = ["" if part in ("n/a", "null") else part for part in parts]
    country, state = parts[-1], parts[-2] if len(parts) > 1 else ""
    return country, f"{state}, {country}" if state else ""


def _within(text: str, bounds: tuple[int, int]) -> str:
    number = parse_number(text.strip())
    return text.strip() if number is not None and bounds[0] <= number <= bounds[1] else ""


def _books(raw: RawFile) -> Table:
    rows = [
        (cells[0], _plain(cells[1]), _plain(cells[2]), _within(cells[3], YEARS), _plain(cells[4]))
        for cells in records(raw, Cut(";", 8, skip=1, quoted=True))
    ]
    columns = ["item", "title", "author", "year_of_publication", "publisher"]
    return Table(pd.DataFrame(rows, columns=columns, dtype=object), raw.label, 2, ITEM_KINDS)


def _plain(text: str) -> str:
    """Text without HTML entities and doubled blanks."""
    return " ".join(html.unescape(text).split()).replace("\0", "")
