"""Which files make up a raw data set, by exact name."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from coldbench.errors import DataError, shorten

__all__ = [
    "BOOK_CROSSING",
    "BOOK_CROSSING_COMMAS",
    "GROUPLENS",
    "ML_1M",
    "ML_10M",
    "ML_20M",
    "ML_25M",
    "ML_32M",
    "ML_100K",
    "ML_LATEST_SMALL",
    "OFFICIAL",
    "Layout",
    "atomic_layout",
    "choose",
    "lacking",
]  # fmt: skip


class Layout(NamedTuple):
    """A raw format: its name, the files it must have and those it may have."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        """Every file that is read; all others are ignored."""
        return self.required + self.optional


GROUPLENS = (
    "GroupLens: research use, no redistribution, no commercial use without permission; "
    "cite Harper & Konstan 2015, ACM TiiS 5(4):19"
)
"""The licence of every MovieLens data set, in whatever layout."""
ML_1M = Layout("ml-1m", ("users.dat", "movies.dat", "ratings.dat"), ("movies_extrainfos.dat",))
ML_100K = Layout("ml-100k", ("u.item", "u.data"), ("u.user", "u.genre"))
ML_10M = Layout("ml-10m", ("ratings.dat", "movies.dat"))
COMMAS = ("ratings.csv", "movies.csv")
ML_LATEST_SMALL = Layout("ml-latest-small", COMMAS)
ML_20M = Layout("ml-20m", COMMAS)
ML_25M = Layout("ml-25m", COMMAS)
ML_32M = Layout("ml-32m", COMMAS)
BOOK_CROSSING = Layout("book-crossing", ("BX-Users.csv", "BX-Books.csv", "BX-Book-Ratings.csv"))
BOOK_CROSSING_COMMAS = Layout("book-crossing", ("Users.csv", "Books.csv", "Ratings.csv"))
OFFICIAL = (ML_1M, ML_100K, BOOK_CROSSING, BOOK_CROSSING_COMMAS)
"""Layouts that are known by the names of their files alone."""


def atomic_layout(name: str) -> Layout:
    """RecBole atomic files called `name`."""
    return Layout("atomic", (f"{name}.inter",), (f"{name}.user", f"{name}.item"))


def choose(where: str, names: Iterable[str], layouts: Sequence[Layout]) -> Layout:
    """The first layout whose required files are all present; raises DataError if there is none."""
    present = set(names)
    for layout in layouts:
        if present.issuperset(layout.required):
            return layout
    nearest = max(layouts, key=lambda layout: len(present.intersection(layout.required)))
    missing = [name for name in nearest.required if name not in present]
    wanted = " or ".join("+".join(layout.required) for layout in layouts)
    raise DataError(
        f"{shorten(where, 200)} lacks {', '.join(missing)}; needed are the files {wanted}"
    )


def lacking(names: Iterable[str]) -> str:
    """Which files an official layout lacks of which some are there; "" when there is none."""
    present = set(names)
    nearest = max(OFFICIAL, key=lambda layout: len(present.intersection(layout.required)))
    missing = [name for name in nearest.required if name not in present]
    if not missing or len(missing) == len(nearest.required):
        return ""
    return f"; as {nearest.name} it lacks {', '.join(missing)}"
