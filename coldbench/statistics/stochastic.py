"""Are the runs of one learner higher than those of another, whatever their means?"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, finite

__all__ = ["mann_whitney"]

LARGEST = 400  # runs of each: beyond, the counts of rank sums are not worth their time


def mann_whitney(a: npt.ArrayLike, b: npt.ArrayLike) -> float | None:
    """Exact two-sided p that runs `a` [R] and `b` [S] come from one distribution.

    Reads each run as a paper's single run, on seeds of its own: runs that share a seed are alike,
    which makes the test conservative. Ties count for the other side. None beyond 400 runs. Unit:
    the run. Raises ValueError on an empty or non-finite input. Source: Mann & Whitney 1947.
    """
    first, second = finite(a, "R", "a"), finite(b, "R", "b")
    if max(first.size, second.size) > LARGEST:
        return None
    above = int((first[:, None] > second).sum())
    below = int((first[:, None] < second).sum())
    extreme = first.size * second.size - max(above, below)
    tail = float(_shares(first.size, second.size)[: extreme + 1].sum())
    return min(1.0, 2.0 * tail)


@lru_cache(maxsize=64)
def _shares(m: int, n: int) -> FloatArray:
    """Share of orders of m + n runs in which u pairs are inverted, [m n + 1]: the coefficients of
    the Gaussian binomial, built as prod (1 - q^(n + i)) / (1 - q^i)."""
    counts = np.zeros(m * n + 1)
    counts[0] = 1.0
    for i in range(1, m + 1):
        step = n + i
        if step < counts.size:
            counts[step:] -= counts[: counts.size - step].copy()
        for start in range(i):
            counts[start::i] = np.cumsum(counts[start::i])
        counts *= i / step  # kept as shares: the counts themselves overflow
    return counts
