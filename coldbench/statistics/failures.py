"""How often runs fail, and the mean with and without them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, finite
from coldbench.statistics.distributions import clopper_pearson
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable
from coldbench.statistics.mean import mean_interval

__all__ = ["FailureRate", "exact_share", "failure_rate"]


@dataclass(frozen=True, slots=True)
class FailureRate:
    """`value` = `failed` / `n` with exact limits.

    `conditional`: mean of the runs that finished; `unconditional`: mean of all runs, a failed one
    counting as the fallback.
    """

    value: float
    low: float | None
    high: float | None
    failed: int
    conditional: Interval
    unconditional: Interval
    n: int
    reason: str | None = None


def _all_runs(
    runs: FloatArray, bad: npt.NDArray[np.bool_], fallback: npt.ArrayLike | None, level: float
) -> Interval:
    if fallback is None and bad.any():
        return unavailable(bad.size, "n/a: no value stated for a failed run")
    filled = runs if fallback is None else np.where(bad, fallback, runs)
    return mean_interval(filled, level=level)


def exact_share(count: int, n: int, *, level: float = 0.95) -> Interval:
    """`count` of `n` runs as a share, with Clopper-Pearson limits: 0 of 10 may be up to .31.

    Unit: the run, alike and independent. None for no run. Raises ValueError unless
    0 <= count <= n. Source: Clopper & Pearson 1934.
    """
    if not 0 <= count <= n:
        raise ValueError(f"count needs to lie in 0..{n}, got {count}")
    if n == 0:
        return unavailable(0, "n/a: no run")
    return Interval(count / n, *clopper_pearson(count, n, level), n)


def failure_rate(
    x: npt.ArrayLike,
    failed: npt.ArrayLike,
    *,
    fallback: npt.ArrayLike | None = None,
    level: float = 0.95,
) -> FailureRate:
    """Share of `failed` [R] bool (diverged or failed) runs with Clopper-Pearson limits.

    `x` [R] holds the metric; values of failed runs are not read and may be anything. `fallback` is
    the metric a failed run is worth, say that of a trivial predictor: one number, or one of each
    seed [R]. Unit: the seed. R = 1 has
    no limits. Raises ValueError on unequal or empty inputs and a non-finite finished run.
    Source: Clopper & Pearson 1934.
    """
    bad = np.asarray(failed, dtype=np.bool_)
    runs = np.asarray(x, dtype=np.float64)
    if bad.ndim != 1 or bad.shape != runs.shape or bad.size == 0:
        raise ValueError(f"x and failed need one shape [R], got {runs.shape} and {bad.shape}")
    n, count = bad.size, int(bad.sum())
    done = runs[~bad]
    if count < n:
        conditional = mean_interval(finite(done, "R"), level=level)
    else:
        conditional = unavailable(0, "n/a: every run failed")
    unconditional = _all_runs(runs, bad, fallback, level)
    if n == 1:
        return FailureRate(float(count), None, None, count, conditional, unconditional, n, ONE_SEED)
    low, high = clopper_pearson(count, n, level)
    return FailureRate(count / n, low, high, count, conditional, unconditional, n)
