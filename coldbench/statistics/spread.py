"""#2 and #3: how much runs vary, and whether one learner varies more than another."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, finite, mean_sd, paired_runs
from coldbench.statistics.distributions import (
    chi2_quantile,
    f_quantile,
    f_upper,
    t_quantile,
    t_two_sided,
)
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

TWO_SEEDS = "n/a: fewer than 3 seeds"


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


def _brown_forsythe(a: FloatArray, b: FloatArray) -> float:
    """p of the one-way F test on distances from the median, two groups of R: F(1, 2R - 2)."""
    u, v = np.abs(a - np.median(a)), np.abs(b - np.median(b))
    (mean_u, sd_u), (mean_v, sd_v) = mean_sd(u), mean_sd(v)
    if mean_u == mean_v:
        return 1.0
    within = sd_u**2 + sd_v**2
    f = a.size * (mean_u - mean_v) ** 2 / within if within > 0.0 else inf
    return f_upper(f, 1, 2 * a.size - 2)


def compare_spread(a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95) -> SpreadComparison:
    """Sd of `a` over sd of `b`, both [R] on the same seeds.

    Pitman-Morgan tests corr(a + b, a - b) = 0: with w = (sd_A/sd_B)^2 and r = corr(a, b),
    t = (w - 1) sqrt(R - 2) / (2 sqrt(w (1 - r^2))) on R - 2 degrees of freedom; its inversion
    gives the limits sd ratio / sqrt(W), sd ratio * sqrt(W), W the upper root of
    (W - 1)^2 = 4 t^2 (1 - r^2) / (R - 2) W. Unit: the seed. Assumes a bivariate normal;
    Brown-Forsythe (unpaired) does not. R < 3 or a learner without spread gives None.
    Raises ValueError on empty, non-finite or unequal inputs.
    Source: Pitman 1939, Morgan 1939; Brown & Forsythe 1974.
    """
    first, second = paired_runs(a, b)
    n = first.size
    (mean_a, sd_a), (mean_b, sd_b) = mean_sd(first), mean_sd(second)
    reason = ONE_SEED if n == 1 else TWO_SEEDS if n == 2 else None
    if reason is None and min(sd_a, sd_b) == 0.0:
        reason = "n/a: runs of a learner are identical"
    if reason is not None:
        same = 1.0 if n > 1 and sd_a == sd_b else None
        return SpreadComparison(
            unavailable(n, reason), same, unavailable(n, reason), same, n, reason
        )
    w, ratio = (sd_a / sd_b) ** 2, sd_a / sd_b
    r = float(((first - mean_a) / sd_a) @ ((second - mean_b) / sd_b)) / (n - 1)
    free = max(0.0, 1.0 - r * r)
    t = 0.0 if w == 1.0 else (w - 1.0) * sqrt(n - 2) / (2.0 * sqrt(w * free)) if free > 0 else inf
    tail = (1.0 + level) / 2.0
    k = 4.0 * free * t_quantile(tail, n - 2) ** 2 / (n - 2)
    paired = sqrt(1.0 + k / 2.0 + sqrt(k + k * k / 4.0))
    unpaired = sqrt(f_quantile(tail, n - 1, n - 1))
    return SpreadComparison(
        Interval(ratio, ratio / paired, ratio * paired, n),
        t_two_sided(t, n - 2),
        Interval(ratio, ratio / unpaired, ratio * unpaired, n),
        _brown_forsythe(first, second),
        n,
    )
