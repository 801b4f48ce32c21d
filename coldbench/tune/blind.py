"""What tuning may see of a split: training rows and validation tasks, never test tasks."""

from dataclasses import replace

import numpy as np

from coldbench.data import Array, Ratings
from coldbench.tasks import Split

__all__ = ["blind", "visible"]


def blind(ratings: Ratings, split: Split) -> tuple[Ratings, Split]:
    """Ratings with all other values blanked, and a split without test tasks.

    Every rating that is neither in the inner training rows nor in a validation task gets the
    lowest value of the scale, so that not even a bug here could tune on this seed's test.
    """
    value = np.where(visible(ratings, split), ratings.value, np.float32(ratings.scale.low)).astype(
        np.float32
    )
    hidden = replace(ratings, value=value, best=None, sha256="blind")
    none = split.test.only(())
    return hidden, replace(split, train=split.inner, test=none)


def visible(ratings: Ratings, split: Split) -> Array:
    """Which ratings tuning trains or validates on at this split, bool [N]."""
    seen = np.zeros(len(ratings), dtype=bool)
    for rows in (split.inner.rows, split.validation.support.rows, split.validation.query.rows):
        seen[rows] = True
    return seen
