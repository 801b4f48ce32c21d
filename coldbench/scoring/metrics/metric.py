"""The contract of a metric: a pure function on arrays that declares direction, range and unit."""

from collections.abc import Callable
from dataclasses import dataclass

from coldbench.data import Array, Scale

__all__ = ["CONTRACT", "STARS", "Metric"]

CONTRACT = 1  # moves when a metric written for the old contract would break
STARS = Scale(1.0, 5.0, 1.0)


@dataclass(frozen=True)
class Metric:
    """A named metric of the queries of one scenario.

    function(value, score, episode) -> float: true ratings and clipped predictions, float64 [n],
    and the episode of each, int64 [n]; n >= 1, read-only. Non-finite input never reaches it.
    low, high: the range, None where unbounded; unit: of the value, "" for none; depth: ranks that
    a metric of the order of an episode looks at, 0 for other metrics; contract: the version of
    this contract that it was written for; scaled: whether the function takes the rating scale as
    a fourth argument; version: of its definition, moves when it gives other values than before.
    """

    name: str
    function: Callable[..., float]
    lower_is_better: bool
    low: float | None
    high: float | None
    unit: str
    summary: str
    depth: int = 0
    contract: int = 1
    scaled: bool = False
    version: int = 1

    def __call__(self, value: Array, score: Array, episode: Array, scale: Scale = STARS) -> float:
        """scale: of the ratings, 1 to 5 unless said otherwise."""
        if self.scaled:
            return self.function(value, score, episode, scale)
        return self.function(value, score, episode)
