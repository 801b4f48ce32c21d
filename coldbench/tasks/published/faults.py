"""What is wrong with published tasks: what cannot be replayed, and what a reader must be told."""

import numpy as np

from coldbench.data import Array, Ratings
from coldbench.errors import UsageError, shorten
from coldbench.tasks.published.listed import QUERY, SUPPORT, TO_DIVIDE, TRAIN
from coldbench.tasks.published.placed import Placed
from coldbench.tasks.splits import absent_from, scenario_of

__all__ = ["new_in", "overlapping", "refuse_impossible", "unlike_their_scenario", "unsupported"]


def new_in(placed: Placed, ratings: Ratings) -> tuple[Array, Array]:
    """Which users and items have no training line, bool [U] and [I]."""
    return absent_from(ratings, placed.row[placed.role == TRAIN])


def refuse_impossible(placed: Placed, ratings: Ratings, what: str) -> None:
    """Raises UsageError for tasks that no option makes usable."""
    asked = np.isin(placed.role, (QUERY, TO_DIVIDE))
    for wanted, verb in ((placed.role == TRAIN, "train"), (asked, "test")):
        if not wanted.any():
            raise UsageError(f"{what}: no line is left to {verb} on")
    pairs = placed.pairs(ratings)
    _, first = np.unique(pairs[asked], return_index=True)
    again = np.delete(np.flatnonzero(asked), first)
    if len(again):
        who = _named(placed, ratings, again[0])
        raise UsageError(f"{what}: {who} is in two test tasks; a rating can be asked once")
    known = placed.role == SUPPORT
    both = np.isin(_keys(placed, pairs, asked), _keys(placed, pairs, known))
    if both.any():
        who = _named(placed, ratings, np.flatnonzero(asked)[both][0])
        raise UsageError(f"{what}: {who} is support and query of the same task")


def _keys(placed: Placed, pairs: Array, lines: Array) -> Array:
    return np.rec.fromarrays([placed.task[lines], pairs[lines]])


def overlapping(placed: Placed, ratings: Ratings) -> tuple[int, str]:
    """Test lines whose rating trains, validates or supports as well, and the first in words. Of a
    task that is not divided yet, every line counts."""
    asked = np.isin(placed.role, (QUERY, TO_DIVIDE))
    pairs = placed.pairs(ratings)
    both = np.flatnonzero(asked)[np.isin(pairs[asked], pairs[~asked])]
    return len(both), _named(placed, ratings, both[0]) if len(both) else ""


def unsupported(placed: Placed, ratings: Ratings) -> int:
    """Test tasks whose user has no support and no training ratings."""
    asked = placed.role == QUERY
    new_user, _ = new_in(placed, ratings)
    alone = asked & new_user[ratings.user[placed.row]]
    supported = np.isin(placed.task, placed.task[placed.role == SUPPORT])
    return len(np.unique(placed.task[alone & ~supported]))


def unlike_their_scenario(placed: Placed, ratings: Ratings) -> int:
    """Test lines whose file states another scenario than their user and item have in training."""
    asked = np.isin(placed.role, (QUERY, TO_DIVIDE)) & (placed.scenario >= 0)
    new_user, new_item = new_in(placed, ratings)
    rows = placed.row[asked]
    real = scenario_of(new_user[ratings.user[rows]], new_item[ratings.item[rows]])
    return int((real != placed.scenario[asked]).sum())


def _named(placed: Placed, ratings: Ratings, line: int) -> str:
    row = placed.row[line]
    user, item = ratings.user_id[ratings.user[row]], ratings.item_id[ratings.item[row]]
    return f"user {shorten(user)}, item {shorten(item)}"
