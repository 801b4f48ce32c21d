"""A part of a data set's users, drawn once: to see what depends on how many there are."""

import numpy as np

from coldbench.data.findings import Findings, counted
from coldbench.data.ratings import Array
from coldbench.data.table import Table
from coldbench.errors import DataError
from coldbench.rng import generator

__all__ = ["Part", "draw_users"]


class Part:
    """Some users; blanks around ids do not count, as nowhere."""

    def __init__(self, users: frozenset[str]) -> None:
        self.users = users

    def rows(self, table: Table) -> Array:
        """Which rows of ratings or content are theirs, bool [N]; those without a user stay, to be
        refused."""
        column = table.frame["user"].astype("category").array
        own = [str(name).strip() in self.users for name in column.categories]
        rows: Array = np.array([*own, True], dtype=bool)[column.codes]
        return rows


def draw_users(ratings: Table, count: int, found: Findings) -> Part:
    """`count` of the users that have ratings.

    The draw depends on their ids alone, not on rows or seeds. Raises DataError where there are
    fewer.
    """
    column = ratings.frame["user"].array
    used = np.unique(column.codes[column.codes >= 0])
    names = sorted({str(name).strip() for name in column.categories[used]})
    if count > len(names):
        there = counted(len(names), "user")
        raise DataError(f"{ratings.label}: {count:,} users are asked for, {there} have ratings")
    chosen = generator(0, "users").choice(len(names), count, replace=False)
    found.understood.append(f"{count:,} of {counted(len(names), 'user')} drawn at random")
    return Part(frozenset(names[place] for place in chosen))
