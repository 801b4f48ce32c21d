"""How much runs vary, and how little a few runs say about it."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import finite, mean_sd
from coldbench.statistics.distributions import chi2_quantile
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

__all__ = ["Spread", "sd_factors", "spread"]


def sd_factors(n: int, level: float = 0.95) -> tuple[float, float]:
    """Limits as multiples of the sd of `n` >= 2 runs: [0.60, 2.87] at 5, [0.69, 1.83] at 10."""
    tail = (1.0 - level) / 2.0
    low, high = chi2_quantile(1.0 - tail, n - 1), chi2_quantile(tail, n - 1)
    return sqrt((n - 1) / low), sqrt((n - 1) / high)


@dataclass(frozen=True, slots=True)
class Spread:
    """`sd` with limits, `cv` = sd / |mean| (None at mean 0), `range` = max - min, over `n` runs."""

    sd: Interval
    cv: float | None
    range: float | None
    n: int
    reason: str | None = None


def spread(x: npt.ArrayLike, *, level: float = 0.95) -> Spread:
    """Sd of `x` [R] with limits sd sqrt((R-1) / chi2[R-1]), coefficient of variation, range.

    Unit: the seed. Assumes normal runs, on which the limits depend strongly. R = 1 gives None.
    Raises ValueError on an empty or non-finite `x`. Source: Madhyastha & Jain 2019 (report it).
    """
    runs = finite(x, "R")
    n = runs.size
    if n == 1:
        return Spread(unavailable(n, ONE_SEED), None, None, n, ONE_SEED)
    mean, sd = mean_sd(runs)
    low, high = sd_factors(n, level)
    cv = sd / abs(mean) if mean != 0.0 else None
    return Spread(Interval(sd, sd * low, sd * high, n), cv, float(np.ptp(runs)), n)
