"""How much reporting the best of several seeds flatters a learner."""

from dataclasses import dataclass

import numpy.typing as npt

from coldbench.statistics.arrays import finite, mean_sd
from coldbench.statistics.distributions import expected_maximum
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable
from coldbench.statistics.spread import sd_factors

__all__ = ["Inflation", "best_of_inflation"]


@dataclass(frozen=True, slots=True)
class Inflation:
    """`value` = expected best of `best_of` runs; `gain` = e_n sd below the mean, with limits."""

    value: float | None
    gain: Interval
    factor: float
    best_of: int
    n: int
    reason: str | None = None


def best_of_inflation(x: npt.ArrayLike, best_of: int, *, level: float = 0.95) -> Inflation:
    """Expected best (lowest) of `best_of` runs: mean - e_n sd of the runs `x` [R].

    e_n is the expected largest of n standard normals: e_5 = 1.163, e_10 = 1.539, e_20 = 1.867.
    Limits of the gain follow those of the sd. Unit: the seed. Assumes normal runs. R = 1 gives
    None. Raises ValueError on an empty or non-finite `x` and best_of < 1.
    Source: Harter 1961 (e_n); Dodge et al. 2019 (expected best).
    """
    runs = finite(x, "R")
    if best_of < 1:
        raise ValueError(f"best_of must be at least 1, got {best_of}")
    n, factor = runs.size, expected_maximum(best_of)
    if n == 1:
        return Inflation(None, unavailable(n, ONE_SEED), factor, best_of, n, ONE_SEED)
    mean, sd = mean_sd(runs)
    gain = factor * sd
    low, high = sd_factors(n, level)
    return Inflation(mean - gain, Interval(gain, gain * low, gain * high, n), factor, best_of, n)
