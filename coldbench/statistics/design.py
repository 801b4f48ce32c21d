"""Designs: which level of which source of randomness each run uses."""

import numpy as np

from coldbench.statistics.arrays import IntArray

__all__ = ["SOURCES", "oa25"]

SOURCES = ("split", "episode", "init", "order", "rounding")


def oa25(factors: int = 5) -> IntArray:
    """Orthogonal array OA(25, 5^factors): levels 0..4, int64 [25, factors], as in `SOURCES`.

    Run 5 r + c has levels r, c, r + c, r + 2 c, r + 3 c (mod 5): any two columns show each of the
    25 pairs of levels once. The first four are those of studies that do not move rounding.
    Raises ValueError unless `factors` is 4 or 5. Source: Rao 1947.
    """
    if factors not in (4, 5):
        raise ValueError(f"oa25 has 4 or 5 factors, got {factors}")
    r, c = np.divmod(np.arange(25, dtype=np.int64), 5)
    return np.stack([r, c, *((r + k * c) % 5 for k in range(1, factors - 1))], axis=1)
