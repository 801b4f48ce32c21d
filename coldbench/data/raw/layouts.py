"""Which files make up a raw data set, by exact name."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from coldbench.errors import DataError, shorten

__all__ = ["BOOK_CROSSING", "GROUPLENS", "ML_1M", "ML_100K", "Layout", "atomic_layout", "choose"]


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
ML_100K = Layout("ml-100k", ("u.user", "u.item", "u.data"), ("u.genre",))
BOOK_CROSSING = Layout("book-crossing", ("BX-Users.csv", "BX-Books.csv", "BX-Book-Ratings.csv"))


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
