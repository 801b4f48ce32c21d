"""The paired difference of two learners, and what pairing gains."""

from dataclasses import dataclass
from math import inf, sqrt

import numpy.typing as npt

from coldbench.statistics.arrays import differences, mean_sd, paired_runs
from coldbench.statistics.distributions import t_quantile, t_two_sided
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

__all__ = ["PairedDifference", "paired_difference"]


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """`difference` = mean of a - b with limits; `sd` of the differences; `p` two-sided.

    `gain` = (var a + var b) / var(a - b): how many times more seeds an unpaired study needs.
    """

    difference: Interval
    sd: float | None
    p: float | None
    gain: float | None
    n: int
    reason: str | None = None


def paired_difference(
    a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95
) -> PairedDifference:
    """Mean of d = `a` - `b`, both [R] on the same seeds, with limits mean d +- t sd_d / sqrt(R).

    Unit: the seed, paired. Assumes normal differences. Identical runs give p = 1, a constant
    non-zero difference p = 0, both no `gain`. R = 1 keeps the value only.
    Raises ValueError on empty, non-finite or unequal inputs.
    Source: Student 1908; Bouthillier et al. 2021 and Colas et al. 2018 on pairing and seeds.
    """
    first, second = paired_runs(a, b)
    d = differences(first, second)
    mean, sd = mean_sd(d)
    n = d.size
    if n == 1:
        return PairedDifference(unavailable(n, ONE_SEED, mean), None, None, None, n, ONE_SEED)
    error = sd / sqrt(n)
    half = t_quantile((1.0 + level) / 2.0, n - 1) * error
    interval = Interval(mean, mean - half, mean + half, n)
    if sd == 0.0:
        p = t_two_sided(0.0 if mean == 0.0 else inf, n - 1)
        return PairedDifference(interval, sd, p, None, n)
    gain = (mean_sd(first)[1] ** 2 + mean_sd(second)[1] ** 2) / sd**2
    return PairedDifference(interval, sd, t_two_sided(mean / error, n - 1), gain, n)
