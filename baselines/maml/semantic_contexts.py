"""Semantic contexts: which items an item leads to along a meta-path, at most so many for each.

A meta-path here starts with "a user rated an item" and goes on through what items have in common:
a value of a content field (a director, a brand), or a training user who rated both.
Axes: I items, K neighbours.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array, diags_array

from coldbench import Array, Field

__all__ = ["informative", "neighbours", "ratings_incidence", "values_incidence"]

CHUNK = 1024  # items whose likeness to all others is in memory at once


def values_incidence(field: Field) -> csr_array:
    """Which item has which of the field's values, [I, size]; unknown ones are no value."""
    values = np.asarray(field.values).reshape(len(field.values), -1)
    item = np.repeat(np.arange(len(values)), values.shape[1])
    return _incidence(item[values.ravel() > 0], values[values > 0], (len(values), field.size))


def ratings_incidence(item: Array, user: Array, n_items: int, n_users: int) -> csr_array:
    """Which item was rated by which user, [I, U]."""
    return _incidence(item, user, (n_items, n_users))


def _incidence(row: Array, column: Array, shape: tuple[int, int]) -> csr_array:
    found = csr_array((np.ones(len(row), np.float32), (row, column)), shape=shape)
    found.sum_duplicates()
    found.data[:] = 1
    return found


def informative(fields: Sequence[Field], most: int) -> list[Field]:
    """The fields with the most values, at most `most`, of those in which at least half of the
    items share a value with another."""
    shared = [f for f in fields if f.kind != "number" and _sharing(values_incidence(f)) >= 0.5]
    return sorted(shared, key=lambda field: -field.size)[:most]


def _sharing(incidence: csr_array) -> float:
    common = (incidence.sum(0) > 1).astype(np.float32)
    return float((incidence @ common > 0).mean())


def neighbours(incidence: csr_array, most: int, rng: np.random.Generator) -> Array:
    """For each item the others whose values are most like its own (cosine), ties at random,
    int64 [I, most]; -1 where no more have a value in common."""
    n = incidence.shape[0]
    found = np.full((n, most), -1)
    length = np.sqrt(np.maximum(incidence.sum(1), 1)).astype(np.float32)
    unit = (diags_array(1 / length) @ incidence).tocsr()
    kept = min(most, n)
    for start in range(0, n, CHUNK):
        likeness = (unit[start : start + CHUNK] @ unit.T).toarray()
        rows = np.arange(len(likeness))
        likeness[rows, start + rows] = 0
        drawn = likeness + 1e-5 * rng.random(likeness.shape, np.float32)
        best = np.argpartition(-drawn, kept - 1, axis=1)[:, :kept]
        alike = np.take_along_axis(likeness, best, 1) > 0
        found[start + rows, :kept] = np.where(alike, best, -1)
    return found
