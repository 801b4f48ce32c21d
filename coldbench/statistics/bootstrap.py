"""The bootstrap-t interval of a mean over seeds: a second opinion on the t interval."""

from math import sqrt

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, finite, mean_sd
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

__all__ = ["FEW_SEEDS", "bootstrap_t"]

FEW_SEEDS = "n/a: too few seeds for bootstrap-t"


def _studentised(runs: FloatArray, draws: int, rng: np.random.Generator) -> FloatArray:
    """Sorted t statistics [draws] of resamples; one without spread counts as infinite."""
    picks = runs[rng.integers(0, runs.size, size=(draws, runs.size))]
    shift = picks.mean(axis=1) - runs.mean()
    error = picks.std(axis=1, ddof=1) / np.sqrt(runs.size)
    # equal picks have sd 0 up to rounding
    flat = np.ptp(picks, axis=1) == 0
    t = np.where(flat, np.copysign(np.inf, shift), shift / np.where(flat, 1.0, error))
    return np.sort(t)


def bootstrap_t(
    x: npt.ArrayLike, rng: np.random.Generator, *, level: float = 0.95, draws: int = 4_999
) -> Interval:
    """Mean of `x` [R] with limits mean - t*[high] se, mean - t*[low] se from `draws` resamples.

    Unit: the seed, resampled with replacement. t* = (mean* - mean) / se*. Assumes independent
    seeds, not normality. Equal runs have width 0; with so few seeds that more than (1-level)/2 of
    the resamples have no spread on one side (R < 4, mostly) the limits are None.
    Raises ValueError on an empty or non-finite `x`. Source: Efron & Tibshirani 1993, chapter 12.
    """
    runs = finite(x, "R")
    mean, sd = mean_sd(runs)
    n = runs.size
    if n == 1:
        return unavailable(n, ONE_SEED, mean)
    if sd == 0.0:
        return Interval(mean, mean, mean, n)
    t = _studentised((runs - mean) / sd, draws, rng)
    # 1e-9: a rank that is whole up to rounding stays there
    cut = int((1.0 - level) / 2.0 * (draws + 1) + 1e-9)
    low_t, high_t = float(t[cut - 1]), float(t[-cut])
    if not np.isfinite([low_t, high_t]).all():
        return unavailable(n, FEW_SEEDS, mean)
    error = sd / sqrt(n)
    return Interval(mean, mean - high_t * error, mean - low_t * error, n)
