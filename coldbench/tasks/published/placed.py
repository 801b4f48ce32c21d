"""Published tasks on the rows of the ratings: where ids meet, and where they do not."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coldbench.data import Array, Ratings
from coldbench.errors import UsageError, shorten
from coldbench.tasks.published.listed import Listed

__all__ = ["Placed", "meet", "of_roles"]

CLOSE = 1e-5  # ratings are stored in single precision


@dataclass(frozen=True, eq=False)
class Placed:
    """Lines on rows of the ratings. row int64 [L]; role, task, scenario as in `Listed`, but where
    each user has one task, `task` is the user; a pair comes once in a role of a task.

    missing: lines that meet no rating, with the first in words; differing: those whose file
    states another rating than the data have.
    """

    row: Array
    role: Array
    task: Array
    scenario: Array
    missing: tuple[int, str] = (0, "")
    differing: tuple[int, str] = (0, "")

    def where(self, keep: Array) -> "Placed":
        """Some of the lines, bool [L]."""
        lines = (self.row[keep], self.role[keep], self.task[keep], self.scenario[keep])
        return Placed(*lines, self.missing, self.differing)

    def pairs(self, ratings: Ratings) -> Array:
        """A number for the user and item of each line; equal for ratings of the same pair."""
        user = ratings.user[self.row].astype(np.int64)
        return user * ratings.catalogue.n_items + ratings.item[self.row]


def of_roles(ratings: Ratings) -> Placed:
    """From the roles that the data came with."""
    assert ratings.role is not None
    rows = np.flatnonzero(ratings.role > 0)
    user = ratings.user[rows].astype(np.int64)
    return _once(
        Placed(rows, np.asarray(ratings.role[rows]), user, np.full(len(rows), -1, np.int8)), ratings
    )


def meet(listed: Listed, ratings: Ratings) -> Placed:
    """From a file, by raw ids. Raises UsageError where no user or no item meets."""
    user = _places(listed.user, ratings.user_id, "users", ratings.name)
    item = _places(listed.item, ratings.item_id, "items", ratings.name)
    row = _rows(user, item, ratings)
    met = row >= 0
    placed = Placed(
        row[met],
        listed.role[met],
        np.where(listed.task >= 0, listed.task, user)[met],
        listed.scenario[met],
        _missing(listed, user, item, met),
        _differing(listed, row, ratings),
    )
    return _once(placed, ratings)


def _places(ids: Array, known: Array, what: str, name: str) -> Array:
    places: Array = pd.Index(known.astype(object)).get_indexer(ids.astype(object))
    if len(ids) and (places < 0).all():
        raise UsageError(
            f"none of the {len(set(ids.tolist())):,} {what} of the tasks is in {name}: are they "
            f"named otherwise? The tasks have {shorten(ids[0])}, the data {shorten(known[0])}"
        )
    return places.astype(np.int64)


def _rows(user: Array, item: Array, ratings: Ratings) -> Array:
    """The first rating of each pair, -1 where there is none."""
    n = ratings.catalogue.n_items
    pairs, first = np.unique(ratings.user.astype(np.int64) * n + ratings.item, return_index=True)
    wanted = np.where((user >= 0) & (item >= 0), user * n + item, -1)
    place = np.minimum(np.searchsorted(pairs, wanted), len(pairs) - 1)
    rows: Array = np.where(pairs[place] == wanted, first[place], -1)
    return rows


def _missing(listed: Listed, user: Array, item: Array, met: Array) -> tuple[int, str]:
    lost = np.flatnonzero(~met)
    if not len(lost):
        return 0, ""
    kinds = {
        "of unknown users": int((user[lost] < 0).sum()),
        "of unknown items": int(((user[lost] >= 0) & (item[lost] < 0)).sum()),
    }
    kinds["of pairs without a rating"] = len(lost) - sum(kinds.values())
    told = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items() if count)
    return len(lost), f"{told}; the first is {_named(listed, lost[0])}"


def _differing(listed: Listed, row: Array, ratings: Ratings) -> tuple[int, str]:
    stated = np.flatnonzero((row >= 0) & np.isfinite(listed.value))
    off = np.abs(ratings.value[row[stated]] - listed.value[stated])
    other = stated[off > CLOSE * max(1.0, abs(ratings.scale.high))]
    if not len(other):
        return 0, ""
    line = other[0]
    there, here = listed.value[line], ratings.value[row[line]]
    told = f"the first is {_named(listed, line)}, with {there:g} there and {here:g} in the data"
    return len(other), told


def _named(listed: Listed, line: int) -> str:
    return f"user {shorten(listed.user[line])}, item {shorten(listed.item[line])}"


def _once(placed: Placed, ratings: Ratings) -> Placed:
    columns = {"role": placed.role, "task": placed.task, "pair": placed.pairs(ratings)}
    lines = pd.DataFrame(columns)
    return placed.where(~lines.duplicated().to_numpy())
