"""Where further runs of a learner would fall."""

from math import sqrt

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import finite, mean_sd
from coldbench.statistics.distributions import t_quantile
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

__all__ = ["prediction_interval"]


def prediction_interval(x: npt.ArrayLike, *, level: float = 0.95) -> Interval:
    """The mean of runs `x` [R], with limits of one further run on a seed of its own.

    The wider, on each side, of mean +- t sd sqrt(1 + 1/R) and the same from the median with the
    spread of that side alone, so that skewed runs are covered where they are long. Simulated
    coverage of .95 with 5, 10 and 20 runs: normal .96, t with 3 degrees of freedom .94, lognormal
    of sd .5 .95 to .96, of sd 1 .93 to .95; a learner that collapses in a run of ten .92 to .95,
    since half of the studies of 5 seeds never see it do so. Unit: the seed. R = 1 has no limits.
    Raises ValueError on an empty or non-finite `x`. Source: Hahn & Meeker 1991, for normal runs.
    """
    runs = finite(x, "R")
    mean, sd = mean_sd(runs)
    n = runs.size
    if n == 1:
        return unavailable(n, ONE_SEED, mean)
    reach = t_quantile((1.0 + level) / 2.0, n - 1) * sqrt(1.0 + 1.0 / n)
    middle = float(np.median(runs))
    above, below = (
        sqrt(2.0 * float((np.clip(side * (runs - middle), 0.0, None) ** 2).sum()) / (n - 1))
        for side in (1.0, -1.0)
    )
    low = min(mean - reach * sd, middle - reach * below)
    return Interval(mean, low, max(mean + reach * sd, middle + reach * above), n)
