"""The comparisons of a scenario: a family that is tested, and whose limits hold, all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from coldbench.rng import generator
from coldbench.statistics import BestSet, Interval, Simultaneous, best_set, simultaneous

__all__ = ["ALPHA", "Family", "Runs", "families"]

ALPHA = 0.05
Runs = Mapping[tuple[str, str], Mapping[str, float]]  # (learner, scenario) -> seed -> value


@dataclass(frozen=True, eq=False)
class Family:
    """learners: those with a finished run in the scenario; pairs: of them, that are compared."""

    learners: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    tests: Simultaneous

    @cached_property
    def best(self) -> BestSet:
        """Makes sense where all pairs are compared."""
        return best_set(self.tests)

    def p(self, place: int) -> float | None:
        """Of a pair, in the family; None without two common seeds. 1 where the lower mean is that
        of a learner too unsteady for anybody to be called worse than it."""
        if self.tests.seeds[place] < 2:
            return None
        return 1.0 if self._open(place) else float(self.tests.p[place])

    def _open(self, place: int) -> bool:
        """Whether the league leaves a pair open, whatever its p."""
        if len(self.pairs) < len(self.learners) * (len(self.learners) - 1) // 2:
            return False
        a, b = self.tests.pairs[place]
        return bool(self.best.unsteady[b if self.tests.gap[place] > 0.0 else a])

    def limits(self, place: int) -> Interval:
        """Of a pair's mean difference, for all pairs of the family at once; to 0 at least where
        the league leaves it open."""
        tests = self.tests
        gap, half, n = float(tests.gap[place]), float(tests.half[place]), int(tests.seeds[place])
        if self._open(place):
            half = max(half, abs(gap))
        if not np.isfinite(half):
            return Interval(
                gap, None, None, n, "n/a: too few seeds for limits of all pairs at once"
            )
        return Interval(gap, gap - half, gap + half, n)


def families(
    values: Runs, wanted: Sequence[tuple[str, str]], scenarios: Sequence[str]
) -> dict[str, Family]:
    """By scenario, in their order; of the wanted pairs whose learners both have a run there."""
    return {scenario: _family(values, wanted, scenario) for scenario in scenarios}


def _family(values: Runs, wanted: Sequence[tuple[str, str]], scenario: str) -> Family:
    named = dict.fromkeys(name for pair in wanted for name in pair)
    learners = tuple(name for name in named if values.get((name, scenario)))
    place = {name: index for index, name in enumerate(learners)}
    pairs = tuple((a, b) for a, b in wanted if a in place and b in place)
    seeds = list(dict.fromkeys(seed for name in learners for seed in values[name, scenario]))
    runs = [[values[name, scenario].get(seed, np.nan) for seed in seeds] for name in learners]
    x = np.array(runs, dtype=np.float64).reshape(len(learners), len(seeds))
    rng = generator(0, "report", "simultaneous", scenario)
    numbers = [(place[a], place[b]) for a, b in pairs]
    return Family(learners, pairs, simultaneous(x, numbers, rng, alpha=ALPHA))
