"""MovieLens-100K as GroupLens ships it: u.item, u.data and perhaps u.user, u.genre.

u.user   user|age|gender|occupation|zip-code
u.item   movie|title (year)|release date|video release date|URL|19 genre flags
u.data   user<TAB>movie<TAB>rating<TAB>time, in random order
u.genre  genre|number of its flag
"""

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

__all__ = ["read_movielens_100k"]

GENRES = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary",
    "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi",
    "Thriller", "War", "Western",
)  # fmt: skip
COLUMNS = {"user": 0, "item": 1, "rating": 2, "timestamp": 3}
USER = ("user", "age", "gender", "occupation", "zip_code")
USER_KINDS: dict[str, Kind] = dict.fromkeys(USER[1:], "category")
ITEM_KINDS: dict[str, Kind] = {"release_year": "number", "genre": "set"}
BEFORE_FLAGS = 5


def read_movielens_100k(
    files: Mapping[str, RawFile], licence: str, options: RawOptions = AS_GIVEN
) -> Ratings:
    """Ratings from the official files by name; raises DataError with file and line."""
    genres = _genres(files["u.genre"]) if "u.genre" in files else GENRES
    return build(
        "ml-100k",
        rating_table(files["u.data"], Cut("\t", 4), COLUMNS),
        _users(files["u.user"]) if "u.user" in files else None,
        _items(files["u.item"], genres),
        scale=options.given_scale or Scale(1, 5, 1),
        licence=licence,
        understood=[f"MovieLens's own files: {', '.join(files)}"],
        cleaning=options.cleaning,
    )


def _users(raw: RawFile) -> Table:
    rows = list(records(raw, Cut("|", len(USER))))
    frame = pd.DataFrame(rows, columns=list(USER), dtype=object)
    return Table(frame, raw.label, 1, USER_KINDS)


def _genres(raw: RawFile) -> tuple[str, ...]:
    rows = list(records(raw, Cut("|", 2)))
    for row, (_, number) in enumerate(rows):
        if number.strip() != str(row):
            raise raw.error(row, f"expected genre number {row}, not {shorten(number)}")
    return tuple(name for name, _ in rows)


def _items(raw: RawFile, genres: tuple[str, ...]) -> Table:
    cut = Cut("|", BEFORE_FLAGS + len(genres))
    rows = [_movie(raw, row, cells, genres) for row, cells in enumerate(records(raw, cut))]
    names = ["item", "title", "release_year", "genre"]
    frame = pd.DataFrame(rows, columns=names, dtype=object)
    return Table(frame, raw.label, 1, ITEM_KINDS)


def _movie(
    raw: RawFile, row: int, cells: list[str], genres: tuple[str, ...]
) -> tuple[str, str, str, list[str]]:
    title, year = split_year(cells[1])
    flags = cells[BEFORE_FLAGS:]
    for flag in flags:
        if flag not in ("0", "1"):
            raise raw.error(row, f"genre flag {shorten(flag)} is neither 0 nor 1")
    of_film = [name for name, flag in zip(genres, flags, strict=True) if flag == "1"]
    return cells[0], title, year or cells[2].rpartition("-")[2], of_film
