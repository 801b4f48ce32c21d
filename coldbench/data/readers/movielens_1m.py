"""MovieLens-1M as GroupLens ships it: users.dat, movies.dat and ratings.dat, cut by `::`.

    users.dat    user::gender::age::occupation::zip-code
    movies.dat   movie::title (year)::genre|genre          (titles may contain `::`)
    ratings.dat  user::movie::rating::time

movies_extrainfos.dat, which circulates with MeLU, adds what the Internet Movie Database knew:

    movie::title::year::rate::released::genre::director::writer::actors::plot::poster

of which MPAA rating, directors and actors are used; `N/A` is unknown.
"""

import re
from collections.abc import Mapping

import pandas as pd

from coldbench.data.build import build
from coldbench.data.cleaning import AS_GIVEN, RawOptions
from coldbench.data.delimited import Cut, rating_table, records
from coldbench.data.ratings import Ratings, Scale
from coldbench.data.raw.rawfile import RawFile
from coldbench.data.table import Kind, Table
from coldbench.data.titles import split_year
from coldbench.errors import shorten

__all__ = ["read_movielens_1m"]

COLUMNS = {"user": 0, "item": 1, "rating": 2, "timestamp": 3}
USER = ("user", "gender", "age", "occupation", "zip_code")
USER_KINDS: dict[str, Kind] = dict.fromkeys(("age", "gender", "occupation", "zip_code"), "category")
ITEM_KINDS: dict[str, Kind] = {"release_year": "number", "genre": "set"}
EXTRA_KINDS: dict[str, Kind] = {
    "release_year": "number",
    "mpaa_rating": "category",
    "genre": "set",
    "director": "set",
    "actor": "set",
}
BRACKETS = re.compile(r"\([^()]*\)")
YEAR = re.compile(r"\d{4}|N/A", re.ASCII)
WITHOUT: tuple[str, list[str], list[str]] = ("", [], [])


def read_movielens_1m(
    files: Mapping[str, RawFile], licence: str, options: RawOptions = AS_GIVEN
) -> Ratings:
    """Ratings from the official files by name; raises DataError with file and line."""
    return build(
        "ml-1m",
        rating_table(files["ratings.dat"], Cut("::", 4), COLUMNS),
        _users(files["users.dat"]),
        _items(files["movies.dat"], files.get("movies_extrainfos.dat")),
        scale=options.given_scale or Scale(1, 5, 1),
        licence=licence,
        understood=[f"MovieLens's own files: {', '.join(files)}"],
        cleaning=options.cleaning,
    )


def _users(raw: RawFile) -> Table:
    rows = list(records(raw, Cut("::", len(USER))))
    frame = pd.DataFrame(rows, columns=list(USER), dtype=object)
    return Table(frame, raw.label, 1, USER_KINDS)


def _items(raw: RawFile, extra: RawFile | None) -> Table:
    rows = [_movie(raw, row, line) for row, line in enumerate(raw.lines)]
    names = ["item", "title", "release_year", "genre"]
    frame = pd.DataFrame(rows, columns=names, dtype=object)
    if extra is None:
        return Table(frame, raw.label, 1, ITEM_KINDS)
    known = dict(_extra(extra, row, line) for row, line in enumerate(extra.lines))
    extras = [known.get(item, WITHOUT) for item in frame["item"]]
    for place, name in enumerate(("mpaa_rating", "director", "actor")):
        frame[name] = pd.Series([row[place] for row in extras], dtype=object)
    return Table(frame, raw.label, 1, EXTRA_KINDS)


def _movie(raw: RawFile, row: int, line: str) -> tuple[str, str, str, list[str]]:
    item, first, rest = line.partition("::")
    title, second, genres = rest.rpartition("::")
    if not (first and second):
        raise raw.error(row, f"expected movie::title::genres, not {shorten(line)}")
    name, year = split_year(title)
    return item, name, year, [genre for genre in genres.split("|") if genre]


def _extra(raw: RawFile, row: int, line: str) -> tuple[str, tuple[str, list[str], list[str]]]:
    """Movie id, then MPAA rating, directors, actors; the year marks where the title ends."""
    cells = line.split("::")
    for place in range(2, len(cells) - 6):
        if YEAR.fullmatch(cells[place]):
            rate, director, actor = cells[place + 1], cells[place + 4], cells[place + 6]
            return cells[0], ("" if rate == "N/A" else rate, _people(director), _people(actor))
    raise raw.error(row, f"expected movie::title::year::rate::...::poster, not {shorten(line)}")


def _people(cell: str) -> list[str]:
    names = [name.strip() for name in BRACKETS.sub("", cell).split(",")]
    return [name for name in names if name not in ("", "N/A")]
