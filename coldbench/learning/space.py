"""The vocabulary of search spaces: what `coldbench tune` may change in a learner, and how far.

A learner declares its space beside its configuration (`LearnerConfig.space`), without any
library for tuning: an option's name and a Real, Whole or Choice.
"""

from dataclasses import dataclass
from typing import Any

__all__ = ["Choice", "Dimension", "Real", "Whole"]


@dataclass(frozen=True)
class Real:
    """A real number from `low` to `high`, both included; log: equal ratios are equally likely."""

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        _check(self.low, self.high, self.log)

    @property
    def ends(self) -> tuple[float, float]:
        """Values that a configuration must accept for it to accept all."""
        return self.low, self.high

    def holds(self, value: Any) -> bool:
        """Whether the value lies in the dimension."""
        return isinstance(value, int | float) and self.low <= value <= self.high


@dataclass(frozen=True)
class Whole:
    """A whole number from `low` to `high`, both included."""

    low: int
    high: int
    log: bool = False

    def __post_init__(self) -> None:
        _check(self.low, self.high, self.log)

    @property
    def ends(self) -> tuple[int, int]:
        """Values that a configuration must accept for it to accept all."""
        return self.low, self.high

    def holds(self, value: Any) -> bool:
        """Whether the value lies in the dimension."""
        return isinstance(value, int) and self.low <= value <= self.high


@dataclass(frozen=True)
class Choice:
    """One of several values of any kind; their order means nothing."""

    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("a Choice needs at least one value")

    @property
    def ends(self) -> tuple[Any, ...]:
        """Values that a configuration must accept for it to accept all."""
        return self.values

    def holds(self, value: Any) -> bool:
        """Whether the value is one of them."""
        return _hashable(value) in self.values

    def index(self, value: Any) -> int:
        """Which of them it is; a list, as files have it, is the same as a tuple."""
        return self.values.index(_hashable(value))


Dimension = Real | Whole | Choice


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check(low: float, high: float, log: bool) -> None:
    if not low < high:
        raise ValueError(f"a dimension needs low < high, got {low} and {high}")
    if log and low <= 0:
        raise ValueError(f"a logarithmic dimension needs low > 0, got {low}")
