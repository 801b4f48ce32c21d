"""How likely a run of one learner is lower than a run of another, with limits."""

from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, finite
from coldbench.statistics.distributions import clopper_pearson, t_quantile
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

__all__ = ["relative_effect"]


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
    n = min(first.size, second.size)
    lower, upper = _share_below(second, first), _share_below(first, second)
    value = float(1.0 - lower.mean())
    if n == 1:
        return unavailable(n, ONE_SEED, value)
    variance = lower.var(ddof=1) / first.size + upper.var(ddof=1) / second.size
    if variance == 0.0 or value in (0.0, 1.0):
        low, high = clopper_pearson(round(value * n), n, level)
        return Interval(value, min(low, value), max(high, value), n)
    parts = [x.var(ddof=1) / x.size for x in (lower, upper)]
    df = variance**2 / sum(p**2 / (x.size - 1) for p, x in zip(parts, (lower, upper), strict=True))
    half = t_quantile((1.0 + level) / 2.0, df) * sqrt(variance) / (value * (1.0 - value))
    centre = log(value / (1.0 - value))
    return Interval(value, _logistic(centre - half), _logistic(centre + half), n)


def _share_below(of: FloatArray, runs: FloatArray) -> FloatArray:
    """Share of `of` [S] below each of `runs` [R], ties half: their placements, [R]."""
    ordered = np.sort(of)
    below = np.searchsorted(ordered, runs, "left") + np.searchsorted(ordered, runs, "right")
    return np.asarray(below / (2.0 * of.size))


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-x)) if x > -700.0 else 0.0
