"""A dimension on the scale of its search: 0 at its low end, 1 at its high end."""

import math
from typing import Any

from coldbench.learning import Choice, Dimension, Whole

__all__ = ["place_of", "value_at"]


def value_at(dimension: Dimension, place: float) -> Any:
    """The value at a place in [0, 1); whole numbers and choices have equal parts of it."""
    if isinstance(dimension, Choice):
        return dimension.values[int(place * len(dimension.values))]
    whole = isinstance(dimension, Whole)
    low, high = (dimension.low - 0.5, dimension.high + 0.5) if whole else dimension.ends
    value = low * (high / low) ** place if dimension.log else low + (high - low) * place
    value = min(max(value, dimension.low), dimension.high)
    return round(value) if whole else value


def place_of(dimension: Dimension, value: Any) -> float | None:
    """Where a value lies; outside [0, 1] beyond the ends, None for choices without an order."""
    if isinstance(dimension, Choice):
        return _among(dimension.values, value)
    low, high = dimension.low, dimension.high
    if not dimension.log:
        return float((value - low) / (high - low))
    return math.log(value / low) / math.log(high / low) if value > 0 else -math.inf


def _among(values: tuple[Any, ...], value: Any) -> float | None:
    numbers = [v for v in (*values, value) if type(v) in (int, float)]
    if len(numbers) < len(values) + 1 or len(values) < 3:
        return None
    low, high = min(values), max(values)
    return float((value - low) / (high - low))
