"""Protocols `separate` and `all`: each scenario is its own set of tasks (MeLU's, made strict)."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from coldbench.data import Array, Ragged, Ratings
from coldbench.rng import Seeds, generator
from coldbench.tasks.protocols.protocol import Protocol, first_of_each_pair
from coldbench.tasks.protocols.states import ColdItems, cold_items, cold_users
from coldbench.tasks.protocols.validation import Others, Validation, carve, without
from coldbench.tasks.splits import Split, Tasks, scenario_of
from coldbench.text import percent

__all__ = ["All", "Separate"]


class Separate(Protocol):
    """Users split at random, items by release year; a task is a user within one scenario.

    Where years are unknown, items are split by first appearance, or at random; with
    `cold_items: random` they are drawn anew at each seed of the split.
    A task has `min_ratings`..`max_ratings` ratings in its state, `query` random ones as query,
    the rest as support. Training ratings are the supports of the W-W tasks, nothing else.
    With `test_tasks`, at most so many tasks of a scenario are tested, drawn at random: for
    learners too slow to meet them all. Version 2 validates on tasks like those of the test: as
    long, and on pseudo-cold items also of warm users who are not trained on (more than half of the
    W-C test tasks of MovieLens-1M are theirs). Version 1 had only training users with short tasks.
    Version 3 validates on at most `validation_tasks` of a scenario, drawn at random: scenarios
    count alike, so that the mean is no surer than its smallest ones, whatever the largest costs.
    Lee et al. 2019, section 4.1, with the query ratings of warm users held out of training.
    """

    name: ClassVar[str] = "separate"
    summary: ClassVar[str] = "four sets of tasks; training on the supports of the W-W tasks only"
    trained_on: ClassVar[str] = "the supports of the W-W tasks alone"
    version: Literal[1, 2, 3] = 3
    min_ratings: int = Field(13, ge=2)
    max_ratings: int | None = Field(100, ge=2)
    query: int = Field(10, ge=1)
    warm_users: float = Field(0.8, gt=0, le=1)
    warm_ratings: float = Field(0.8, gt=0, le=1)
    cut_year: int | None = None
    validation: Validation = Validation()
    # left out of the record when not set, so that runs made before it existed keep their names
    test_tasks: int | None = Field(None, ge=1, exclude_if=lambda value: value is None)
    validation_tasks: int | None = Field(400, ge=1, exclude_if=lambda value: value is None)
    cold_items: ColdItems = Field("by-year", exclude_if=lambda value: value == "by-year")

    @model_validator(mode="before")
    @classmethod
    def _of_version(cls, given: Any) -> Any:
        earlier = isinstance(given, Mapping) and given.get("version") in (1, 2)
        return {"validation_tasks": None, **given} if earlier else given

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.cold_items == "random" and self.cut_year is not None:
            raise ValueError("cold_items: random draws cold items at each seed: leave cut_year out")
        return self

    def in_words(self) -> str:
        least, most = self.min_ratings, self.max_ratings
        count = f"at least {least}" if most is None else f"{least} to {most}"
        return " ".join(
            [
                f"A random {percent(1 - self.warm_users)} of the users are cold (new), and so are "
                f"{self._cold_items()}. Each scenario has tasks of its own: a user with {count} "
                f"ratings in it, {self.query} random ones of which are to be predicted from the "
                "others, the support.",
                *([f"At most {self.test_tasks} are tested."] if self.test_tasks else []),
                f"Models are trained on {self.trained_on}.",
            ]
        )

    def _cold_items(self) -> str:
        if self.cut_year is not None:
            return f"items released after {self.cut_year}"
        share = f"with about {percent(1 - self.warm_ratings)} of the ratings"
        if self.cold_items == "random":
            return f"random items {share}, drawn at each seed"
        newest = "newest by year of release; without years by first rating, else at random"
        return f"the newest items, {share} ({newest})"

    def split(self, ratings: Ratings, seeds: Seeds) -> Split:
        rows = first_of_each_pair(ratings)
        rng = generator(seeds.split, "states")
        cold_user = cold_users(ratings.catalogue.n_users, self.warm_users, rng)
        cold_item = cold_items(
            ratings, rows, self.warm_ratings, self.cut_year, rng, self.cold_items
        )
        state = scenario_of(cold_user[ratings.user[rows]], cold_item[ratings.item[rows]])
        episodes = generator(seeds.episode, "tasks")
        parts = [self._tasks(ratings, rows[state == s], s, episodes) for s in range(4)]
        train, users = self._train(ratings, rows[state == 0], parts[0])
        others = self._others(ratings, rows[state == 0], users) if self.version > 1 else None
        inner, validation = carve(
            ratings,
            users,
            train,
            seeds,
            self.validation,
            others,
            self.validation_tasks,
            self.cold_items,
        )
        tested = Tasks.join([part.drawn(self.test_tasks, episodes) for part in parts])
        return Split(cold_user, cold_item, users, train, inner, validation, tested)

    def _others(self, ratings: Ratings, rows: Array, users: Array) -> Others:
        """Warm users without a training task: their ratings of warm items serve nothing else."""
        lists, warm = Ragged.grouped(rows, ratings.user[rows])
        idle = ~np.isin(warm, users)
        most = self.max_ratings or len(ratings)
        rest = lists.select(idle)
        return Others(warm[idle].astype(np.int64), rest, self.min_ratings, most, self.query)

    def _tasks(self, ratings: Ratings, rows: Array, state: int, rng: np.random.Generator) -> Tasks:
        lists, users = Ragged.grouped(rows, ratings.user[rows])
        most = self.max_ratings or len(ratings)
        keep = (lists.lengths >= self.min_ratings) & (lists.lengths <= most)
        query, support = lists.select(keep).shuffled(rng).split(self.query)
        scenario = np.full(len(query.rows), state, dtype=np.int8)
        return Tasks(users[keep].astype(np.int64), support, query, scenario)

    def _train(self, ratings: Ratings, rows: Array, warm: Tasks) -> tuple[Ragged, Array]:
        return warm.support, warm.user


class All(Separate):
    """`separate` without the upper bound, trained on every rating of warm users on warm items.

    The query ratings of the W-W tasks stay held out. The regime of a service that has history.
    """

    name: ClassVar[str] = "all"
    summary: ClassVar[str] = "as separate, but training on all ratings of warm users on warm items"
    max_ratings: int | None = None
    trained_on: ClassVar[str] = (
        "all ratings of warm users on warm items but those that W-W tasks ask for"
    )

    def _train(self, ratings: Ratings, rows: Array, warm: Tasks) -> tuple[Ragged, Array]:
        lists, users = Ragged.grouped(rows, ratings.user[rows])
        return without(lists, warm.query.rows), users.astype(np.int64)
