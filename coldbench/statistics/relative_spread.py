"""Is one learner less stable than another?"""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import (
    FloatArray,
    finite,
    mean_sd,
    mean_sd_of_rows,
    paired_rows,
    paired_runs,
)
from coldbench.statistics.distributions import f_quantile, f_uppers, t_quantile, t_two_sideds
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

__all__ = [
    "FEW_SEEDS",
    "IDENTICAL",
    "SpreadComparison",
    "compare_spread",
    "compare_spreads",
    "spread_ratio",
]

FEW_SEEDS = "n/a: fewer than 3 seeds"
IDENTICAL = "n/a: all runs of a learner are identical"


@dataclass(frozen=True, slots=True)
class SpreadComparison:
    """Is A less stable than B?

    `ratio` = sd_A / sd_B with limits that use the pairing, `p_paired` Pitman-Morgan;
    `ratio_unpaired` with limits from F, `p_unpaired` Brown-Forsythe.
    """

    ratio: Interval
    p_paired: float | None
    ratio_unpaired: Interval
    p_unpaired: float | None
    n: int
    reason: str | None = None


def compare_spread(a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95) -> SpreadComparison:
    """Sd of `a` over sd of `b`, both [R] on the same seeds.

    Pitman-Morgan tests corr(a + b, a - b) = 0: with w = (sd_A / sd_B)^2 and r = corr(a, b),
    t = (w - 1) sqrt(R - 2) / (2 sqrt(w (1 - r^2))) on R - 2 degrees of freedom; inverted, the
    limits are the sd ratio divided and multiplied by sqrt(W), W the upper root of
    (W - 1)^2 = 4 t^2 (1 - r^2) / (R - 2) W. Unit: the seed. Assumes a bivariate normal;
    Brown-Forsythe (unpaired) does not. R < 3 or a learner without spread gives None, two without
    spread p = 1. Raises ValueError on empty, non-finite or unequal inputs.
    Source: Pitman 1939, Morgan 1939; Brown & Forsythe 1974.
    """
    first, second = paired_runs(a, b)
    return compare_spreads(first[None], second[None], level=level)[0]


def compare_spreads(
    a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95
) -> list[SpreadComparison]:
    """`compare_spread` of each row of `a` and `b` [P, R]."""
    first, second = paired_rows(a, b)
    n = first.shape[1]
    if n < 3:
        reason = ONE_SEED if n == 1 else FEW_SEEDS
        none = unavailable(n, reason)
        return [SpreadComparison(none, None, none, None, n, reason)] * len(first)
    sds = mean_sd_of_rows(first)[1], mean_sd_of_rows(second)[1]
    varied = (sds[0] > 0.0) & (sds[1] > 0.0)
    compared = iter(_varied(first[varied], second[varied], level))
    rows = zip(varied, *sds, strict=True)
    return [next(compared) if some else _flat(x == y, n) for some, x, y in rows]


def _flat(equal: bool, n: int) -> SpreadComparison:
    p, none = 1.0 if equal else None, unavailable(n, IDENTICAL)
    return SpreadComparison(none, p, none, p, n, IDENTICAL)


def _varied(a: FloatArray, b: FloatArray, level: float) -> list[SpreadComparison]:
    """Of rows [P, R] that all have a spread."""
    n = a.shape[1]
    sd_a, sd_b = mean_sd_of_rows(a)[1], mean_sd_of_rows(b)[1]
    ratio = sd_a / sd_b
    p, factor = _pitman_morgan(a / sd_a[:, None], b / sd_b[:, None], ratio**2, level)
    other = sqrt(f_quantile((1.0 + level) / 2.0, n - 1, n - 1))
    rows = zip(*(x.tolist() for x in (ratio, factor, p, _brown_forsythe(a, b))), strict=True)
    return [
        SpreadComparison(
            Interval(value, value / paired, value * paired, n),
            p_paired,
            Interval(value, value / other, value * other, n),
            p_unpaired,
            n,
        )
        for value, paired, p_paired, p_unpaired in rows
    ]


def spread_ratio(a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95) -> Interval:
    """Sd of `a` [R] over sd of `b` [S], runs that share nothing, with limits from F[R-1, S-1].

    Unit: the run. Assumes normal runs. R or S below 3, or a sample without spread, gives None.
    Raises ValueError on an empty or non-finite input.
    """
    first, second = finite(a, "R", "a"), finite(b, "R", "b")
    n = min(first.size, second.size)
    sd_a, sd_b = mean_sd(first)[1], mean_sd(second)[1]
    if n < 3:
        return unavailable(n, FEW_SEEDS)
    if sd_a == 0.0 or sd_b == 0.0:
        return unavailable(n, IDENTICAL)
    ratio, tail = sd_a / sd_b, (1.0 - level) / 2.0
    low = sqrt(f_quantile(tail, second.size - 1, first.size - 1))
    high = sqrt(f_quantile(1.0 - tail, second.size - 1, first.size - 1))
    return Interval(ratio, ratio * low, ratio * high, n)


def _pitman_morgan(
    a: FloatArray, b: FloatArray, w: FloatArray, level: float
) -> tuple[FloatArray, FloatArray]:
    """p [P], and the factor of the limits of the sd ratio sqrt(w); `a` and `b` [P, R] scaled to
    sd 1."""
    df = a.shape[1] - 2
    centred = (x - x.mean(axis=1, keepdims=True) for x in (a, b))
    r = np.vecdot(*centred) / (a.shape[1] - 1)
    free = np.maximum(0.0, 1.0 - r * r)
    k = 4.0 * free * t_quantile((1.0 + level) / 2.0, df) ** 2 / df
    factor = np.sqrt(1.0 + k / 2.0 + np.sqrt(k + k * k / 4.0))
    # equal sds differ by rounding, which perfect correlation would make significant
    largest = np.abs(a).max(axis=1) + np.abs(b).max(axis=1)
    equal = np.abs(w - 1.0) <= 8.0 * np.finfo(np.float64).eps * largest
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (w - 1.0) * sqrt(df) / (2.0 * np.sqrt(w * free))
    return np.where(equal, 1.0, t_two_sideds(np.where(free > 0.0, t, inf), df)), factor


def _brown_forsythe(a: FloatArray, b: FloatArray) -> FloatArray:
    """p [P] of the one-way F test on distances from the median, two groups of R: F(1, 2R - 2)."""
    (mean_a, sd_a), (mean_b, sd_b) = (
        mean_sd_of_rows(np.abs(x - np.median(x, axis=1, keepdims=True))) for x in (a, b)
    )
    within = sd_a**2 + sd_b**2
    with np.errstate(divide="ignore", invalid="ignore"):
        f = a.shape[1] * (mean_a - mean_b) ** 2 / within
    p = f_uppers(np.where(within > 0.0, f, inf), 1, 2 * a.shape[1] - 2)
    return np.where(mean_a == mean_b, 1.0, p)
