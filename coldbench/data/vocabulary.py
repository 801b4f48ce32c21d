"""Strings to dense integers, in an order that depends on the strings alone."""

from collections.abc import Iterable, Mapping

import numpy as np

from coldbench.data.ratings import Array

__all__ = ["index_of", "shortlex", "strings"]


def shortlex(values: Iterable[str]) -> list[str]:
    """Distinct strings by length, then by code point: plain integers ascend, no locale matters."""
    return sorted(set(values), key=lambda text: (len(text), text))


def index_of(values: Iterable[str], first: int = 0) -> Mapping[str, int]:
    """Each value's position, counted from `first`."""
    return {value: position for position, value in enumerate(values, first)}


def strings(values: Iterable[str]) -> Array:
    """A compact str array."""
    return np.array(list(values), dtype=np.str_)
