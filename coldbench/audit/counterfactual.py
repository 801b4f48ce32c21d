"""The same data, in which ratings are other ones that a learner must not see, or that are not its
own to use: those of other test users."""

from dataclasses import replace

import numpy as np

from coldbench.data import Array, Ratings, Scale
from coldbench.tasks import Split

__all__ = ["changed", "first_half", "hidden_rows", "others_supports", "random_half"]


def hidden_rows(split: Split, n: int) -> Array:
    """bool [n]: rows in no training, validation or support set; test targets are among them."""
    hidden = np.ones(n, dtype=bool)
    hidden[split.visible] = False
    return hidden


def first_half(split: Split) -> Array:
    """Whether each test task is in the first half, bool [T]: for a sequential learner, which may
    use the users before."""
    count = len(split.test)
    return np.arange(count) < (count + 1) // 2


def random_half(split: Split) -> Array:
    """One half of the test tasks, bool [T], that nobody can foresee."""
    return np.asarray(np.random.default_rng().permutation(first_half(split)))


def others_supports(split: Split, half: Array, n: int) -> tuple[Array, Array]:
    """The query rows of half of the test tasks (bool [T]), and, bool [n], the support ratings of
    the others that nothing else shows: these must not move the predictions of those."""
    own, rest = (split.test.select(np.flatnonzero(some)) for some in (half, ~half))
    rows = np.zeros(n, dtype=bool)
    rows[rest.support.rows] = True
    rows[np.concatenate([split.trained, own.support.rows])] = False
    return own.query.rows, rows


def changed(ratings: Ratings, rows: Array) -> Ratings:
    """A copy with other values in `rows` (bool [N]), on the same scale. Users, items and times
    stay. Values are drawn, so that none tells anything of what it stands for but what it is not."""
    value = np.array(ratings.value)
    value[rows] = _another(value[rows], ratings.scale)
    return replace(ratings, value=value, best=None, sha256="")


def _another(value: Array, scale: Scale) -> Array:
    rng, (low, high, step) = np.random.default_rng(), scale.stepped
    count = round((high - low) / step) + 1
    place = np.rint((value - low) / step).astype(np.int64)
    other = low + step * ((place + rng.integers(1, count, len(value))) % count)
    other = np.clip(other, scale.low, scale.high).astype(value.dtype)
    return np.asarray(other)
