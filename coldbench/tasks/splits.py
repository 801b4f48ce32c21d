"""What a protocol decides: which rating rows train, validate and test. Rows only, no values."""

import hashlib
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np

from coldbench.data import Array, Ragged, Ratings

__all__ = ["SCENARIOS", "Split", "Tasks", "absent_from", "scenario_of"]

SCENARIOS = ("W-W", "W-C", "C-W", "C-C")


def scenario_of(cold_user: Array, cold_item: Array) -> Array:
    """The index into SCENARIOS (users-items) of each pair of states, int8."""
    return (2 * cold_user.astype(np.int8) + cold_item).astype(np.int8)


def absent_from(ratings: Ratings, rows: Array) -> tuple[Array, Array]:
    """Which users and items are not in the given rows, bool [U] and [I]."""
    new_user = np.ones(ratings.catalogue.n_users, dtype=bool)
    new_item = np.ones(ratings.catalogue.n_items, dtype=bool)
    new_user[ratings.user[rows]] = False
    new_item[ratings.item[rows]] = False
    return new_user, new_item


@dataclass(frozen=True, eq=False)
class Tasks:
    """T episodes: each a user with support rows (what is known) and query rows (to predict).

    user: int64 [T]; support, query: rows of Ratings; scenario: int8, one for each query row,
    an index into SCENARIOS.
    """

    user: Array
    support: Ragged
    query: Ragged
    scenario: Array

    def __len__(self) -> int:
        return len(self.user)

    def only(self, scenarios: tuple[str, ...]) -> "Tasks":
        """The tasks with at least one query row in the named scenarios, and only those rows."""
        wanted = np.isin(self.scenario, [SCENARIOS.index(name) for name in scenarios])
        query = self.query.where(wanted)
        kept = query.lengths > 0
        support, query = self.support.select(kept), query.select(kept)
        return Tasks(self.user[kept], support, query, self.scenario[wanted])

    def select(self, tasks: Array) -> "Tasks":
        """The given tasks (int [M]), in the given order."""
        place = Ragged(np.arange(len(self.scenario)), self.query.ptr).select(tasks)
        support, query = self.support.select(tasks), self.query.select(tasks)
        return Tasks(self.user[tasks], support, query, self.scenario[place.rows])

    def shots(self, count: int | None) -> "Tasks":
        """The same queries, with the first `count` support rows only (None: all)."""
        if count is None:
            return self
        return Tasks(self.user, self.support.split(count)[0], self.query, self.scenario)

    def drawn(self, count: int | None, rng: np.random.Generator) -> "Tasks":
        """At most `count` of the tasks, at random, in their order (None: all)."""
        if count is None or len(self) <= count:
            return self
        return self.select(np.sort(rng.permutation(len(self))[:count]))

    @classmethod
    def join(cls, parts: list["Tasks"]) -> "Tasks":
        """All tasks of several sets, end to end."""

        return cls(
            np.concatenate([part.user for part in parts]),
            reduce(Ragged.joined, [part.support for part in parts]),
            reduce(Ragged.joined, [part.query for part in parts]),
            np.concatenate([part.scenario for part in parts]),
        )


@dataclass(frozen=True, eq=False)
class Split:
    """One replicate of a protocol.

    cold_user bool [U], cold_item bool [I]: the states that the split stream drew.
    train: every row that may train, one list for each training user; train_user int64 [T].
    inner: `train` without what `validation` holds out (same lists, some rows fewer).
    validation: pseudo-cold tasks carved out of `train`; test: the tasks that are reported.
    """

    cold_user: Array
    cold_item: Array
    train_user: Array
    train: Ragged
    inner: Ragged
    validation: Tasks
    test: Tasks

    @property
    def trained(self) -> Array:
        """Rows that training, or the choice of its epochs, may see; some repeatedly."""
        validation = self.validation.support.rows, self.validation.query.rows
        return np.concatenate([self.train.rows, self.inner.rows, *validation])

    @property
    def visible(self) -> Array:
        """Rows whose ratings a learner may see at all: besides, the supports of test tasks."""
        return np.concatenate([self.trained, self.test.support.rows])

    @cached_property
    def split_sha256(self) -> str:
        """Of the warm / cold states: what the split stream decides."""
        return _sha256(self.cold_user, self.cold_item)

    @cached_property
    def episode_sha256(self) -> str:
        """Of every support and query row: what the split and episode streams decide."""
        tasks = (self.validation, self.test)
        parts = [part for t in tasks for part in (t.user, *t.support, *t.query, t.scenario)]
        return _sha256(self.train_user, *self.train, *self.inner, *parts)


def _sha256(*arrays: Array) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
