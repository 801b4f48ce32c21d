"""Protocol `given`: splits and tasks that others published, or that the user made."""

from pathlib import Path
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field

from coldbench.data import Array, Ragged, Ratings
from coldbench.errors import UsageError
from coldbench.rng import Seeds, generator
from coldbench.tasks.protocols.protocol import Protocol
from coldbench.tasks.protocols.validation import Validation, carve
from coldbench.tasks.published.faults import (
    new_in,
    overlapping,
    refuse_impossible,
    unlike_their_scenario,
    unsupported,
)
from coldbench.tasks.published.kept import keep, open_kept, place_of, provide
from coldbench.tasks.published.listed import QUERY, SUPPORT, TO_DIVIDE, TRAIN, VALIDATION
from coldbench.tasks.published.placed import Placed, meet, of_roles
from coldbench.tasks.splits import Split, Tasks, scenario_of

__all__ = ["Given"]

SPREAD = (
    "The tasks are given. Seeds move only what they leave open (the division of whole states into "
    "support and query, validation tasks where none are given) and the learners' own randomness: a "
    "spread over seeds is not one over users or splits, a closed form may have none, and verdicts "
    "hold for these tasks."
)
OVERLAP = (
    "{:,} of the ratings to predict also train, validate or support: these tasks leak, which "
    "favours learners that remember ratings. They are replayed as they are (allow_overlap)."
)
FACTS = {
    "overlap": OVERLAP,
    "missing": "{:,} ratings of the given tasks are not in the data and are left out: these are "
    "not quite the tasks that were published.",
    "differing": "{:,} ratings differ between the given tasks and the data; those of the data "
    "count.",
    "unsupported": "{:,} test tasks have neither support nor training ratings: their users are "
    "predicted without any.",
    "other_scenario": "{:,} ratings of test tasks are in a scenario that training does not bear "
    "out, such as a warm user without a training rating; they stay where the file has them.",
}


class Given(Protocol):
    """Training ratings and tasks as someone else divided them.

    Without `file`, the data's own column `split` or `role` says what each rating is: train,
    validation, support or query (test). A query is predicted from its user's support ratings, or
    from the user's training ratings where none are marked. `file` is a table (CSV, TSV, Parquet)
    with columns user, item, role, and perhaps task (a user may have several), scenario and rating;
    or a folder of states in JSON as MeLU's and MetaHIN's repositories have them.

    Of such states, the lists of the training state train; those of a test state are tasks, with
    `query` ratings to predict and the others as support, random ones (as MeLU draws them) or the
    `last` of the list; users with fewer than `min_ratings` or more than `max_ratings` ratings in a
    state are left out of it, also in training.

    A user or item is cold without a training rating, unless the file states the scenario. Where no
    validation ratings are given, pseudo-cold users and items are carved out of the training
    ratings (`validation`, at most `validation_tasks` of a scenario); given ones never train.

    Ids meet by the raw ids of the data. Query ratings that train, validate or support, ratings
    that the data do not have, and ratings with another value are refused; `allow_overlap`,
    `allow_missing` and `allow_differing` replay such tasks, and every report says so. The record
    has the file's SHA-256 (`sha256`) and these counts (`found`), never its path.
    """

    name: ClassVar[str] = "given"
    summary: ClassVar[str] = "splits and tasks that were published: a column of roles, or a file"
    file: Path | None = Field(None, exclude=True)
    sha256: str = Field("", pattern="^([0-9a-f]{64})?$")
    query: int = Field(10, ge=1)
    division: Literal["random", "last"] = "random"
    min_ratings: int = Field(13, ge=2)
    max_ratings: int | None = Field(100, ge=2)
    allow_overlap: bool = False
    allow_missing: bool = False
    allow_differing: bool = False
    validation: Validation = Validation()
    validation_tasks: int | None = Field(400, ge=1)
    found: dict[str, int] = {}

    @property
    def beside(self) -> str:
        return place_of(self.sha256) if self.sha256 else ""

    def provide(self, cache: Path, file: str) -> None:
        if self.sha256:
            provide(self.sha256, cache, file)

    def statements(self) -> tuple[str, ...]:
        told = (text.format(self.found[name]) for name, text in FACTS.items() if name in self.found)
        return (SPREAD, *told)

    def checked(self, ratings: Ratings) -> Self:
        what = f"protocol {self.name!r}: {self.file or 'the tasks'}"
        sha256 = self.sha256
        if self.file is not None:
            listed, sha256 = keep(self.file, self.sha256)
            placed = meet(listed, ratings)
        else:
            placed = self._placed(ratings)
        placed = self._bounded(placed)
        refuse_impossible(placed, ratings, what)
        found = {
            "overlap": self._overlap(placed, ratings, what),
            "missing": self._missing(placed, ratings, what),
            "differing": self._differing(placed, ratings, what),
            "unsupported": unsupported(placed, ratings),
            "other_scenario": unlike_their_scenario(placed, ratings),
        }
        facts = {name: count for name, count in found.items() if count}
        return self.model_copy(update={"sha256": sha256, "found": facts})

    def _overlap(self, placed: Placed, ratings: Ratings, what: str) -> int:
        count, first = overlapping(placed, ratings)
        if count and not self.allow_overlap:
            raise UsageError(
                f"{what}: {count:,} of the ratings to predict also train, validate or support, the "
                f"first is {first}: such tasks leak. --set protocol.allow_overlap=true replays "
                "them, and every report says so"
            )
        return count

    def _missing(self, placed: Placed, ratings: Ratings, what: str) -> int:
        count, told = placed.missing
        if count and not self.allow_missing:
            raise UsageError(
                f"{what}: {count:,} of the ratings are not in {ratings.name}: {told}. --set "
                "protocol.allow_missing=true leaves them out, and every report says so"
            )
        return count

    def _differing(self, placed: Placed, ratings: Ratings, what: str) -> int:
        count, told = placed.differing
        if self.file is None:  # what is kept of a file has no ratings to compare
            return self.found.get("differing", 0)
        if count and not self.allow_differing:
            raise UsageError(
                f"{what}: {count:,} of the ratings differ from those of {ratings.name}: {told}. "
                "--set protocol.allow_differing=true takes those of the data, and every "
                "report says so"
            )
        return count

    def split(self, ratings: Ratings, seeds: Seeds) -> Split:
        placed = self._bounded(self._placed(ratings))
        new_user, new_item = new_in(placed, ratings)
        known = scenario_of(new_user[ratings.user[placed.row]], new_item[ratings.item[placed.row]])
        scenario = np.where(placed.scenario < 0, known, placed.scenario).astype(np.int8)
        rows = placed.row[placed.role == TRAIN]
        train, users = Ragged.grouped(rows, ratings.user[rows])
        users = users.astype(np.int64)
        inner, validation = train, self._marked(placed, ratings, VALIDATION, train, users, scenario)
        if not len(validation):
            inner, validation = carve(
                ratings, users, train, seeds, self.validation, most=self.validation_tasks
            )
        rng = generator(seeds.episode, "tasks")
        test = [
            self._marked(placed, ratings, QUERY, train, users, scenario),
            self._divided(placed, ratings, rng, scenario),
        ]
        return Split(new_user, new_item, users, train, inner, validation, Tasks.join(test))

    def _placed(self, ratings: Ratings) -> Placed:
        if self.sha256:
            return meet(open_kept(self.sha256), ratings)
        if ratings.role is None:
            raise UsageError(
                f"protocol {self.name!r}: {ratings.name} has no column split or role; give the "
                "tasks as --set protocol.file=PATH"
            )
        return of_roles(ratings)

    def _bounded(self, placed: Placed) -> Placed:
        """Lists of states within the bounds; other tasks are taken as they are."""
        if not (placed.role == TO_DIVIDE).any():
            return placed
        length = np.bincount(placed.task)[placed.task]
        most = self.max_ratings or int(length.max())
        return placed.where((length >= self.min_ratings) & (length <= most))

    def _marked(
        self, placed: Placed, ratings: Ratings, role: int, train: Ragged, users: Array,
        scenario: Array,
    ) -> Tasks:  # fmt: skip
        """Tasks whose query lines have this role."""
        lines = np.flatnonzero(placed.role == role)
        asked, tasks = Ragged.grouped(lines, placed.task[lines])
        query = Ragged(placed.row[asked.rows], asked.ptr)
        user = ratings.user[query.rows[query.ptr[:-1]]].astype(np.int64)
        given = placed.row[placed.role == SUPPORT]
        support, supported = Ragged.grouped(given, placed.task[placed.role == SUPPORT])
        nothing = Ragged.of(np.empty(0, np.int64), np.zeros(1, np.int64))
        every = support.joined(train).joined(nothing)
        trained = _place(user, users, len(supported), len(supported) + len(users))
        chosen = np.where(np.isin(tasks, supported), _place(tasks, supported, 0, 0), trained)
        return Tasks(user, every.select(chosen), query, scenario[asked.rows])

    def _divided(
        self, placed: Placed, ratings: Ratings, rng: np.random.Generator, scenario: Array
    ) -> Tasks:
        """Tasks of states, divided at this seed."""
        lines = np.flatnonzero(placed.role == TO_DIVIDE)
        lists = Ragged.grouped(lines, placed.task[lines])[0]
        if self.division == "random":
            lists = lists.shuffled(rng)
        known, asked = lists.split(lists.lengths - self.query)
        support, query = (Ragged(placed.row[part.rows], part.ptr) for part in (known, asked))
        user = ratings.user[query.rows[query.ptr[:-1]]].astype(np.int64)
        return Tasks(user, support, query, scenario[asked.rows])


def _place(wanted: Array, known: Array, first: int, otherwise: int) -> Array:
    """Where each is in `known`, which is sorted, counted from `first`; `otherwise` if nowhere."""
    place = np.searchsorted(known, wanted)
    inside = np.isin(wanted, known)
    return np.where(inside, first + place, otherwise)
