"""Protocol `mixed`: MAMO's episodes, all kinds of item in one, bucketed by state afterwards."""

from typing import ClassVar

import numpy as np
from pydantic import Field

from coldbench.data import Array, Ragged, Ratings
from coldbench.rng import Seeds, generator
from coldbench.tasks.protocols.protocol import Protocol, first_of_each_pair
from coldbench.tasks.protocols.states import cold_users
from coldbench.tasks.splits import Split, Tasks, scenario_of
from coldbench.text import percent

__all__ = ["Mixed"]


class Mixed(Protocol):
    """The first `support + query` ratings of each user in time order (ties by row number).

    Test users are `test_users` of all, at random; the others train on all their kept ratings.
    A query is bucketed by its user (cold: first rating after the time point that `warm_time` of
    all ratings precede) and its item (warm: more than `item_occurrences` among the kept ratings).
    Without times: random order, and a random `cold_users` of all users is cold.
    Dong et al. 2020, section 4.1, and its released code.
    """

    name: ClassVar[str] = "mixed"
    summary: ClassVar[str] = "first 20 ratings of a user, queries bucketed afterwards (MAMO's)"
    support: int = Field(15, ge=1)
    query: int = Field(5, ge=1)
    test_users: float = Field(0.2, gt=0, lt=1)
    warm_time: float = Field(0.8, gt=0, lt=1)
    cold_users: float = Field(640 / 6040, ge=0, lt=1)
    item_occurrences: int = Field(10, ge=0)
    validation_users: float = Field(0.1, ge=0, lt=0.5)

    def in_words(self) -> str:
        return (
            f"Of each user the first {self.support + self.query} ratings in time are kept (a "
            f"random order without times): {self.support} are the support, the next {self.query} "
            f"are to be predicted. A random {percent(self.test_users)} of the users are tested, "
            "the others trained on. A user is cold whose first rating comes after "
            f"{percent(self.warm_time)} of all ratings (without times: a random "
            f"{percent(self.cold_users)}), an item with at most {self.item_occurrences} kept "
            "ratings; a predicted rating belongs to the scenario of its user and its item."
        )

    def split(self, ratings: Ratings, seeds: Seeds) -> Split:
        rng = generator(seeds.split, "states")
        cold_user = self._cold_users(ratings, rng)
        lists, users = self._kept(ratings, seeds)
        count = np.bincount(ratings.item[lists.rows], minlength=ratings.catalogue.n_items)
        cold_item = count <= self.item_occurrences
        draw = rng.permutation(len(users))
        n_test = round(self.test_users * len(users))
        n_validation = round(self.validation_users * (len(users) - n_test))
        test, train = np.sort(draw[:n_test]), np.sort(draw[n_test:])
        held = np.isin(train, draw[n_test : n_test + n_validation])

        def tasks(chosen: Array) -> Tasks:
            support, query = lists.select(chosen).split(self.support)
            state = cold_user[ratings.user[query.rows]], cold_item[ratings.item[query.rows]]
            return Tasks(users[chosen], support, query, scenario_of(*state))

        rows = lists.select(train)
        inner = rows.where(~held[rows.owner])
        return Split(
            cold_user, cold_item, users[train], rows, inner, tasks(train[held]), tasks(test)
        )

    def _cold_users(self, ratings: Ratings, rng: np.random.Generator) -> Array:
        if ratings.time is None:
            return cold_users(ratings.catalogue.n_users, 1 - self.cold_users, rng)
        first = np.full(ratings.catalogue.n_users, np.iinfo(np.int64).max)
        np.minimum.at(first, ratings.user, ratings.time)
        point = np.quantile(ratings.time, self.warm_time, method="lower")
        return np.asarray(first > point)

    def _kept(self, ratings: Ratings, seeds: Seeds) -> tuple[Ragged, Array]:
        """The first ratings of every user that has enough of them, in order, and the users."""
        rows = first_of_each_pair(ratings)
        if ratings.time is not None:
            rows = rows[np.argsort(ratings.time[rows], kind="stable")]
        lists, users = Ragged.grouped(rows, ratings.user[rows])
        if ratings.time is None:
            lists = lists.shuffled(generator(seeds.episode, "order"))
        size = self.support + self.query
        enough = lists.lengths >= size
        return lists.select(enough).split(size)[0], users[enough].astype(np.int64)
