"""Is one learner less stable than another?"""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, finite, mean_sd, paired_runs
from coldbench.statistics.distributions import f_quantile, f_upper, t_quantile, t_two_sided
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

__all__ = ["FEW_SEEDS", "IDENTICAL", "SpreadComparison", "compare_spread", "spread_ratio"]

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
    n = first.size
    sd_a, sd_b = mean_sd(first)[1], mean_sd(second)[1]
    if n < 3:
        reason = ONE_SEED if n == 1 else FEW_SEEDS
        return SpreadComparison(
            unavailable(n, reason), None, unavailable(n, reason), None, n, reason
        )
    if sd_a == 0.0 or sd_b == 0.0:
        p = 1.0 if sd_a == sd_b else None
        none = unavailable(n, IDENTICAL)
        return SpreadComparison(none, p, none, p, n, IDENTICAL)
    ratio = sd_a / sd_b
    p, paired = _pitman_morgan(first / sd_a, second / sd_b, ratio**2, level)
    unpaired = sqrt(f_quantile((1.0 + level) / 2.0, n - 1, n - 1))
    return SpreadComparison(
        Interval(ratio, ratio / paired, ratio * paired, n),
        p,
        Interval(ratio, ratio / unpaired, ratio * unpaired, n),
        _brown_forsythe(first, second),
        n,
    )


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


def _pitman_morgan(a: FloatArray, b: FloatArray, w: float, level: float) -> tuple[float, float]:
    """p, and the factor of the limits of the sd ratio sqrt(w); `a` and `b` scaled to sd 1."""
    df = a.size - 2
    r = float((a - a.mean()) @ (b - b.mean())) / (a.size - 1)
    free = max(0.0, 1.0 - r * r)
    k = 4.0 * free * t_quantile((1.0 + level) / 2.0, df) ** 2 / df
    factor = sqrt(1.0 + k / 2.0 + sqrt(k + k * k / 4.0))
    # equal sds differ by rounding, which perfect correlation would make significant
    rounding = 8.0 * float(np.finfo(np.float64).eps * (np.abs(a).max() + np.abs(b).max()))
    if abs(w - 1.0) <= rounding:
        return 1.0, factor
    t = (w - 1.0) * sqrt(df) / (2.0 * sqrt(w * free)) if free > 0.0 else inf
    return t_two_sided(t, df), factor


def _brown_forsythe(a: FloatArray, b: FloatArray) -> float:
    """p of the one-way F test on distances from the median, two groups of R: F(1, 2R - 2)."""
    (mean_a, sd_a), (mean_b, sd_b) = (mean_sd(np.abs(x - np.median(x))) for x in (a, b))
    if mean_a == mean_b:
        return 1.0
    within = sd_a**2 + sd_b**2
    f = a.size * (mean_a - mean_b) ** 2 / within if within > 0.0 else inf
    return f_upper(f, 1, 2 * a.size - 2)
