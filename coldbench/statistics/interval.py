"""A number with its interval, or the reason why there is none."""

from dataclasses import dataclass
from math import isfinite

__all__ = ["ONE_SEED", "Interval", "unavailable"]

ONE_SEED = "n/a: one seed"


@dataclass(frozen=True, slots=True)
class Interval:
    """`value` with limits `low <= high` from `n` units (seeds unless said otherwise).

    What cannot be computed is None, never NaN, and `reason` then says why. A non-finite number or
    limits in the wrong order raise ValueError.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None = None

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None and not isfinite(number):
                raise ValueError(f"interval {name} must be finite or None, got {number}")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"interval needs low <= high, got [{self.low}, {self.high}]")

    def __neg__(self) -> "Interval":
        """Of the negated quantity: -b + a from a - b."""
        low, high = (None if end is None else -end for end in (self.high, self.low))
        return Interval(None if self.value is None else -self.value, low, high, self.n, self.reason)

    @property
    def width(self) -> float | None:
        """`high - low`, None when a limit is missing."""
        if self.low is None or self.high is None:
            return None
        return self.high - self.low

    def contains(self, number: float) -> bool:
        """Whether `number` lies inside, limits included. False when a limit is missing."""
        return self.low is not None and self.high is not None and self.low <= number <= self.high


def unavailable(n: int, reason: str, value: float | None = None) -> Interval:
    """An interval without limits, and the reason."""
    return Interval(value, None, None, n, reason)
