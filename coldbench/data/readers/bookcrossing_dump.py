"""Book-Crossing: the official dump, `;`-separated, quoted, backslash escapes, Latin-1; or the same
as comma files, in which line breaks may stand between quotes.

BX-Book-Ratings.csv, Ratings.csv  user; ISBN; rating 0..10, where 0 says "has read it": dropped
BX-Users.csv, Users.csv           user; "city, state, country"; age or NULL
BX-Books.csv, Books.csv           ISBN; title; author; year; publisher; three image URLs, if any
"""

import csv
import html
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from coldbench.data.build import build
from coldbench.data.cleaning import AS_GIVEN, RawOptions
from coldbench.data.delimited import Cut, numbered, rating_table
from coldbench.data.ratings import Ratings, Scale
from coldbench.data.raw.rawfile import RawFile, parse_number
from coldbench.data.table import Kind, Table
from coldbench.errors import DataError, shorten

__all__ = ["read_book_crossing"]

RATINGS = ("User-ID", "ISBN", "Book-Rating")
USERS = ("User-ID", "Location", "Age")
BOOKS = ("ISBN", "Book-Title", "Book-Author", "Year-Of-Publication", "Publisher")
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
    """Explicit ratings from the files by name; raises DataError with file and line."""
    dump = "BX-Books.csv" in files
    names = ("BX-Book-Ratings.csv", "BX-Users.csv", "BX-Books.csv")
    rated, users, books = names if dump else ("Ratings.csv", "Users.csv", "Books.csv")
    ratings, dropped = _explicit(files[rated])
    return build(
        "book-crossing",
        ratings,
        _users(files[users]),
        _books(files[books]),
        scale=options.given_scale or Scale(1, 10, 1),
        licence=licence,
        notes=[f"{dropped} implicit ratings (0) were dropped"] if dropped else [],
        understood=[f"Book-Crossing {'as its dump' if dump else 'as comma files'}: {rated}, ..."],
        cleaning=options.cleaning,
    )


def _cut(raw: RawFile, columns: Sequence[str]) -> tuple[Cut, list[int]]:
    """How the file is cut, and where its columns are: by name, whatever else there is."""
    commas = ";" not in raw.first_line
    separator = "," if commas else ";"
    try:
        header = next(csv.reader([raw.first_line], delimiter=separator), [])
    except csv.Error as error:
        raise raw.error(0, f"{error}: {shorten(raw.first_line)}") from error
    cells = [cell.strip() for cell in header]
    for column in columns:
        if column not in cells:
            raise raw.error(0, f"the header has no column {column}: {shorten(raw.first_line)}")
    cut = Cut(separator, len(cells), 1, "doubled" if commas else "backslash")
    return cut, [cells.index(column) for column in columns]


def _rows(raw: RawFile, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    cut, places = _cut(raw, columns)
    for row, cells in numbered(raw, cut):
        yield row + 1, [cells[place] for place in places]


def _explicit(raw: RawFile) -> tuple[Table, int]:
    cut, places = _cut(raw, RATINGS)
    columns = dict(zip(("user", "item", "rating"), places, strict=True))
    table = rating_table(raw, cut, columns)
    explicit = (table.frame["rating"] != 0).to_numpy()
    if len(explicit) and not explicit.any():
        raise DataError(f"{raw.label}: all {len(explicit)} ratings are implicit (0)")
    return table.only(explicit), int(np.count_nonzero(~explicit))


def _users(raw: RawFile) -> Table:
    rows = [
        (line, user, *_place(location), _within(age, AGES))
        for line, (user, location, age) in _rows(raw, USERS)
    ]
    return _table(raw, rows, ["user", "country", "state", "age"], USER_KINDS)


def _place(location: str) -> tuple[str, str]:
    """Country and state, lower case; the state with its country, since names recur."""
    parts = [" ".join(part.lower().split()) for part in location.split(",")]
    parts = ["" if part in ("n/a", "null") else part for part in parts]
    country, state = parts[-1], parts[-2] if len(parts) > 1 else ""
    return country, f"{state}, {country}" if state else ""


def _within(text: str, bounds: tuple[int, int]) -> str:
    number = parse_number(text.strip())
    return text.strip() if number is not None and bounds[0] <= number <= bounds[1] else ""


def _books(raw: RawFile) -> Table:
    rows = [
        (line, isbn, _plain(title), _plain(author), _within(year, YEARS), _plain(publisher))
        for line, (isbn, title, author, year, publisher) in _rows(raw, BOOKS)
    ]
    columns = ["item", "title", "author", "year_of_publication", "publisher"]
    return _table(raw, rows, columns, ITEM_KINDS)


def _table(
    raw: RawFile, rows: Sequence[tuple[object, ...]], columns: list[str], kinds: dict[str, Kind]
) -> Table:
    frame = pd.DataFrame(rows, columns=["line", *columns], dtype=object)
    lines = frame.pop("line").to_numpy(dtype=np.int64)
    return Table(frame, raw.label, 2, kinds, lines)


def _plain(text: str) -> str:
    """Text without HTML entities and doubled blanks."""
    return " ".join(html.unescape(text).split()).replace("\0", "")
