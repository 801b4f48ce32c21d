"""What other users and items would change, as sums: how far two seeds agree on a pair of learners
because they share users and items, which takes every single prediction to compute."""

from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256
from itertools import combinations

import numpy as np
from pydantic import BaseModel, ConfigDict

from coldbench.data import Array, Ratings
from coldbench.statistics import pair_variances

__all__ = ["Collected", "Sampled"]

Run = tuple[str, str]  # label of the seed, fingerprint of the ratings that are predicted
DIGITS = 7  # significant ones that are kept


class Sampled(BaseModel):
    """The pairs of learners that have just these seeds in common, in one scenario.

    pairs: places in `learners`; user, item, both: of each pair, and the numbers of users and
    items: `statistics.PairVariances`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    scenario: str
    seeds: tuple[str, ...]
    users: int
    items: int
    effective_users: float
    effective_items: float
    learners: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    user: tuple[float, ...]
    item: tuple[float, ...]
    both: tuple[float, ...]

    def only(self, learners: Collection[str]) -> "Sampled | None":
        """The pairs of these learners; None where there is none."""
        names = tuple(name for name in self.learners if name in learners)
        ends = [[self.learners[end] for end in pair] for pair in self.pairs]
        kept = [place for place, pair in enumerate(ends) if set(pair) <= set(names)]
        update: dict[str, object] = {
            name: tuple(getattr(self, name)[place] for place in kept)
            for name in ("user", "item", "both")
        }
        update["pairs"] = tuple((names.index(ends[k][0]), names.index(ends[k][1])) for k in kept)
        return self.model_copy(update=update | {"learners": names}) if kept else None


class Collected:
    """The absolute errors of all learners in one scenario, run by run."""

    def __init__(self, scenario: str, ratings: Ratings) -> None:
        self.scenario = scenario
        self.ratings = ratings
        self._rows: dict[Run, Array] = {}  # kept once: learners at one seed predict the same
        self._errors: dict[str, dict[Run, Array]] = {}

    def add(self, learner: str, seed: str, rows: Array, error: Array) -> None:
        """A run: rows of the ratings that it predicts, and its error on each."""
        order = np.argsort(rows, kind="stable")
        run = seed, sha256(rows[order].astype(np.int64).tobytes()).hexdigest()
        self._rows.setdefault(run, rows[order])
        self._errors.setdefault(learner, {})[run] = error[order]

    def sampled(self) -> Iterator[Sampled]:
        """All pairs with at least two seeds at which both predict the same ratings."""
        groups: dict[tuple[Run, ...], list[tuple[str, str]]] = {}
        for a, b in combinations(self._errors, 2):
            common = tuple(sorted(self._errors[a].keys() & self._errors[b].keys()))
            if len(common) > 1:
                groups.setdefault(common, []).append((a, b))
        for runs, pairs in groups.items():
            yield self._of(runs, pairs)

    def _of(self, runs: Sequence[Run], pairs: Sequence[tuple[str, str]]) -> Sampled:
        learners = tuple(dict.fromkeys(name for pair in pairs for name in pair))
        rows = np.concatenate([self._rows[run] for run in runs])
        found = pair_variances(
            [np.concatenate([self._errors[name][run] for run in runs]) for name in learners],
            np.repeat(np.arange(len(runs)), [len(self._rows[run]) for run in runs]),
            self.ratings.user[rows],
            self.ratings.item[rows],
        )
        places = tuple((learners.index(a), learners.index(b)) for a, b in pairs)
        return Sampled(
            scenario=self.scenario,
            seeds=tuple(seed for seed, _ in runs),
            users=found.users,
            items=found.items,
            effective_users=_short(found.effective_users),
            effective_items=_short(found.effective_items),
            learners=learners,
            pairs=places,
            user=tuple(_short(found.user[place]) for place in places),
            item=tuple(_short(found.item[place]) for place in places),
            both=tuple(_short(found.both[place]) for place in places),
        )


def _short(number: float) -> float:
    return float(f"{number:.{DIGITS - 1}e}")
