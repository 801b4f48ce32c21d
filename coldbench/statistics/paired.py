"""The paired difference of two learners, and what pairing gains."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import (
    mean_sd_of_rows,
    paired_rows,
    paired_runs,
    row_differences,
)
from coldbench.statistics.distributions import t_quantile, t_two_sideds
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

__all__ = ["PairedDifference", "paired_difference", "paired_differences"]


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
    return paired_differences(first[None], second[None], level=level)[0]


def paired_differences(
    a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95
) -> list[PairedDifference]:
    """`paired_difference` of each row of `a` and `b` [P, R]."""
    first, second = paired_rows(a, b)
    mean, sd = mean_sd_of_rows(row_differences(first, second))
    n = first.shape[1]
    if n == 1:
        single = (unavailable(n, ONE_SEED, value) for value in mean.tolist())
        return [PairedDifference(one, None, None, None, n, ONE_SEED) for one in single]
    error = sd / sqrt(n)
    half = t_quantile((1.0 + level) / 2.0, n - 1) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        p = t_two_sideds(np.where(mean == 0.0, 0.0, mean / error), n - 1)
        gain = (mean_sd_of_rows(first)[1] ** 2 + mean_sd_of_rows(second)[1] ** 2) / sd**2
    ends = (array.tolist() for array in (mean, mean - half, mean + half, sd, p, gain))
    return [
        PairedDifference(Interval(value, low, high, n), s, q, g if s > 0.0 else None, n)
        for value, low, high, s, q, g in zip(*ends, strict=True)
    ]
