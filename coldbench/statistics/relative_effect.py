"""How likely a run of one learner is lower than a run of another, with limits."""

from math import exp, log

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, finite
from coldbench.statistics.distributions import clopper_pearson, t_quantiles
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

__all__ = ["relative_effect", "relative_effects"]


def relative_effect(a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95) -> Interval:
    """P(a < b) + P(a = b) / 2 of single runs `a` [R] and `b` [S], each with a seed of its own.

    The observed share of all R S pairs, with the limits of Brunner and Munzel on the logit scale,
    Satterthwaite degrees of freedom: no normal runs, no equal spreads. Where no pair of runs is out
    of order that variance is 0; the limit is then the exact one of min(R, S) independent pairs,
    and never a narrower one is given. Runs that share seeds are treated as if they did not. Unit:
    the run. One run of either has no limits. Raises ValueError on empty or non-finite inputs.
    Source: Brunner & Munzel 2000; logit limits: Brunner, Bathke & Konietschke 2018, chapter 3.
    """
    first, second = finite(a, "R", "a"), finite(b, "S", "b")
    return relative_effects(first[None], second[None], level=level)[0]


def relative_effects(a: npt.ArrayLike, b: npt.ArrayLike, *, level: float = 0.95) -> list[Interval]:
    """`relative_effect` of each row of `a` [P, R] and `b` [P, S]."""
    first, second = finite(a, "PR", "a"), finite(b, "PS", "b")
    n = min(first.shape[1], second.shape[1])
    lower, upper = _share_below(second, first), _share_below(first, second)
    value = 1.0 - lower.mean(axis=1)
    if n == 1:
        return [unavailable(n, ONE_SEED, share) for share in value.tolist()]
    parts = [x.var(axis=1, ddof=1) / x.shape[1] for x in (lower, upper)]
    variance = parts[0] + parts[1]
    sizes = first.shape[1], second.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        df = variance**2 / sum(q**2 / (size - 1) for q, size in zip(parts, sizes, strict=True))
        quantile = t_quantiles((1.0 + level) / 2.0, df)
        half = quantile * np.sqrt(variance) / (value * (1.0 - value))
    rows = zip(value.tolist(), variance.tolist(), half.tolist(), strict=True)
    return [_with_limits(share, v, h, n, level) for share, v, h in rows]


def _with_limits(value: float, variance: float, half: float, n: int, level: float) -> Interval:
    """half: of the interval on the logit scale."""
    if variance == 0.0 or value in (0.0, 1.0):
        low, high = clopper_pearson(round(value * n), n, level)
        return Interval(value, min(low, value), max(high, value), n)
    centre = log(value / (1.0 - value))
    return Interval(value, _logistic(centre - half), _logistic(centre + half), n)


def _share_below(of: FloatArray, runs: FloatArray) -> FloatArray:
    """Share of `of` [P, S] below each of `runs` [P, R], ties half: their placements, [P, R]."""
    others, these = of[:, None, :], runs[:, :, None]
    below = (others < these).sum(axis=2) + (others <= these).sum(axis=2)
    return np.asarray(below / (2.0 * of.shape[1]))


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-x)) if x > -700.0 else 0.0
