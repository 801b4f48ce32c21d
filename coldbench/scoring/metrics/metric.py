"""The contract of a metric: a pure function on arrays that declares direction, range and unit."""

from collections.abc import Callable
from dataclasses import dataclass

from coldbench.data import Array

__all__ = ["CONTRACT", "Metric"]

CONTRACT = 1  # moves when a metric written for the old contract would break


@dataclass(frozen=True)
class Metric:
    """A named metric of the queries of one scenario.

    function(value, score, episode) -> float: true ratings and clipped predictions, float64 [n],
    and the episode of each, int64 [n]; n >= 1. Non-finite input never reaches it.
    low, high: the range, None where unbounded; unit: of the value, "" for none; depth: ranks that
    a metric of the order of an episode looks at, 0 for other metrics; contract: the version of
    this contract that it was written for.
    """

    name: str
    function: Callable[[Array, Array, Array], float]
    lower_is_better: bool
    low: float | None
    high: float | None
    unit: str
    summary: str
    depth: int = 0
    contract: int = 1

    def __call__(self, value: Array, score: Array, episode: Array) -> float:
        return self.function(value, score, episode)
