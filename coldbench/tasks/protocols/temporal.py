"""Protocol `temporal`: one cut in time for all."""

from datetime import date
from typing import ClassVar, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from coldbench.data import Array, Ragged, Ratings
from coldbench.errors import UsageError
from coldbench.rng import Seeds, generator
from coldbench.tasks.protocols.cuts import (
    Cut,
    as_text,
    cut_at,
    in_time_order,
    known_times,
    seconds_of,
)
from coldbench.tasks.protocols.protocol import Protocol
from coldbench.tasks.splits import Split, Tasks, absent_from, scenario_of
from coldbench.text import percent

__all__ = ["Temporal"]


class Temporal(Protocol):
    """Training ratings are those before one cut in time, test queries those from it on.

    The cut leaves `share` of the ratings before it, or is `cut`: a day, or Unix seconds. A rating
    at the very time of the cut comes after it. Users and items whose first rating comes after the
    cut are new (cold), all others warm. A task is a user within one scenario.

    A new user is known by what they rated first: of their first `max_ratings` ratings in that
    scenario, at least `min_ratings`, the last `query` are to be predicted and those before are the
    support. A warm user is known by what they rated before the cut, in W-W and W-C alike: the
    support is the latest of it, the query the first ratings after the cut in that scenario, at
    most `query`, support and query together `min_ratings` to `max_ratings`. So no support rating
    is later than a query of its task; ratings of one moment are in random order.

    Validation is the same once more within the training ratings: a second cut leaves
    `validation_share` of them before it, and users and items that appear after that are
    pseudo-new. At most `validation_tasks` tasks of a scenario validate, `test_tasks` test.

    Both cuts are the same at every seed. The split stream draws the `users` (a share) who take
    part at all, in training and in tests; the episode stream orders ratings of one moment and
    draws tasks where there are too many. So a spread over seeds is one over draws of users at
    this cut, with `users: 1` one of the learners' own randomness, and in neither case one over
    times. A single time that the reader could not read counts as the latest, so that its rating is
    tested and never trained on.
    """

    name: ClassVar[str] = "temporal"
    summary: ClassVar[str] = (
        "one cut in time: trained on what came before, tested on what came after"
    )
    share: float = Field(0.8, gt=0, lt=1)
    cut: Cut | None = None
    users: float = Field(0.8, gt=0, le=1)
    min_ratings: int = Field(13, ge=1)
    max_ratings: int = Field(100, ge=2)
    query: int = Field(10, ge=1)
    validation_share: float = Field(0.8, gt=0, le=1)
    validation_tasks: int | None = Field(400, ge=1)
    test_tasks: int | None = Field(None, ge=1)

    @field_validator("cut", mode="before")
    @classmethod
    def _day(cls, value: object) -> object:
        try:
            return date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            raise ValueError("give a day such as 2014-05-01, or Unix seconds") from None

    @model_validator(mode="after")
    def _room_for_support(self) -> Self:
        if not self.query < self.max_ratings >= self.min_ratings:
            raise ValueError("max_ratings must exceed query and reach min_ratings")
        return self

    def checked(self, ratings: Ratings) -> Self:
        times = known_times(ratings, self.name)
        cut = cut_at(times, self.share) if self.cut is None else seconds_of(self.cut)
        assert cut is not None  # `known_times` finds two
        if not times.min() < cut <= times.max():
            first, last = as_text(int(times.min())), as_text(int(times.max()))
            raise UsageError(
                f"protocol {self.name!r}: nothing comes before or nothing after the cut at "
                f"{as_text(cut)}: the ratings of {ratings.name} are from {first} to {last}"
            )
        return self.model_copy(update={"cut": cut})

    def statements(self) -> tuple[str, ...]:
        when = "one time" if self.cut is None else as_text(seconds_of(self.cut))
        what = f"Trained on ratings before {when}, tested on ratings from then on, at every seed. "
        if self.users == 1:
            what += (
                "All users take part, so the split is the same at every seed: a spread over seeds "
                "is that of the learners' own randomness (a closed form has none), and verdicts "
                "hold for these users, items and this time only."
            )
        else:
            what += (
                f"A seed draws the {100 * self.users:g} % of users who take part, so means and "
                "intervals over seeds are over draws of users at this cut, not over times."
            )
        return (what,)

    def in_words(self) -> str:
        when = "one time" if self.cut is None else as_text(seconds_of(self.cut))
        most = (
            f" At most {self.test_tasks} tasks of a scenario are tested." if self.test_tasks else ""
        )
        return (
            f"Models are trained on ratings before {when} and tested on later ones. Users and "
            "items whose first rating comes later are cold (new). A task is a user with "
            f"{self.min_ratings} to {self.max_ratings} ratings in a scenario, of which at most "
            f"{self.query} are to be predicted from earlier ones, the support.{most} A seed draws "
            f"the {percent(self.users)} of users who take part."
        )

    def split(self, ratings: Ratings, seeds: Seeds) -> Split:
        cut = self.checked(ratings).cut
        assert isinstance(cut, int)
        assert ratings.time is not None
        episodes = generator(seeds.episode, "tasks")
        rows = in_time_order(ratings, episodes)
        before = ratings.time[rows] < cut
        second = cut_at(ratings.time[rows[before]], self.validation_share)
        if second is None or self.validation_share == 1:
            second = cut  # nothing is left to validate on
        here = self._drawn(ratings, seeds)[ratings.user[rows]]
        known = rows[before & here]
        train, users = Ragged.grouped(known, ratings.user[known])
        test = self._tasks(ratings, rows[here], cut)
        validation = self._tasks(ratings, known, second)
        return Split(
            *absent_from(ratings, known),
            users.astype(np.int64),
            train,
            train.where(ratings.time[train.rows] < second),
            Tasks.join([part.drawn(self.validation_tasks, episodes) for part in validation]),
            Tasks.join([part.drawn(self.test_tasks, episodes) for part in test]),
        )

    def _drawn(self, ratings: Ratings, seeds: Seeds) -> Array:
        """The users who take part, bool [U]."""
        n = ratings.catalogue.n_users
        drawn = np.zeros(n, dtype=bool)
        order = generator(seeds.split, "users").permutation(n)
        drawn[order[: round(self.users * n)]] = True
        return drawn

    def _tasks(self, ratings: Ratings, rows: Array, cut: int) -> list[Tasks]:
        """The tasks of each scenario, of rows in order of time."""
        assert ratings.time is not None
        before = ratings.time[rows] < cut
        known, later = rows[before], rows[~before]
        new_user, new_item = absent_from(ratings, known)
        state = scenario_of(new_user[ratings.user[later]], new_item[ratings.item[later]])
        history, owners = Ragged.grouped(known, ratings.user[known])
        return [
            self._warm(history, owners, *Ragged.grouped(chosen, ratings.user[chosen]), scenario)
            if scenario < 2
            else self._cold(*Ragged.grouped(chosen, ratings.user[chosen]), scenario)
            for scenario in range(4)
            for chosen in [later[state == scenario]]
        ]

    def _warm(
        self, history: Ragged, owners: Array, lists: Ragged, users: Array, scenario: int
    ) -> Tasks:
        query = lists.split(self.query)[0]
        mine = history.select(np.searchsorted(owners, users))
        support = mine.split(mine.lengths - (self.max_ratings - self.query))[1]
        return self._made(users, support, query, scenario)

    def _cold(self, lists: Ragged, users: Array, scenario: int) -> Tasks:
        early = lists.split(self.max_ratings)[0]
        return self._made(users, *early.split(early.lengths - self.query), scenario)

    def _made(self, users: Array, support: Ragged, query: Ragged, scenario: int) -> Tasks:
        keep = support.lengths + query.lengths >= self.min_ratings
        query = query.select(keep)
        scenarios = np.full(len(query.rows), scenario, dtype=np.int8)
        return Tasks(users[keep].astype(np.int64), support.select(keep), query, scenarios)
