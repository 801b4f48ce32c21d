"""The same data, in which ratings are other ones that a learner must not see, or that are not its
own to use: those of other test users."""

from dataclasses import replace

import numpy as np

from coldbench.data import Array, Ratings, Scale
from coldbench.tasks import Split

__all__ = ["changed", "hidden_rows", "others_supports"]


def hidden_rows(split: Split, n: int) -> Array:
    """bool [n]: rows in no training, validation or support set; test targets are among them."""
    hidden = np.ones(n, dtype=bool)
    hidden[split.visible] = False
    return hidden


def others_supports(split: Split, n: int) -> tuple[Array, Array]:
    """The query rows of the first half of the test tasks, and, bool [n], the support ratings of the
    others that nothing else shows: these must not move the predictions of those. The first half,
    since a sequential learner may use the users before."""
    half = (len(split.test) + 1) // 2
    first, rest = (
        split.test.select(np.arange(*ends)) for ends in ((half,), (half, len(split.test)))
    )
    rows = np.zeros(n, dtype=bool)
    rows[rest.support.rows] = True
    rows[np.concatenate([split.trained, first.support.rows])] = False
    return first.query.rows, rows


def changed(ratings: Ratings, rows: Array) -> Ratings:
    """A copy with other values in `rows` (bool [N]), on the same scale: mirrored, and one step
    further where the mirror image of a value is itself. Users, items and times stay."""
    value = np.array(ratings.value)
    value[rows] = _another(value[rows], ratings.scale)
    return replace(ratings, value=value, best=None, sha256="")


def _another(value: Array, scale: Scale) -> Array:
    low, high, step = scale
    mirrored = (low + high - value).astype(value.dtype)
    beside = value + step if 0 < step <= high - (low + high) / 2 else np.full_like(value, high)
    return np.where(mirrored == value, np.minimum(beside, high), mirrored).astype(value.dtype)
