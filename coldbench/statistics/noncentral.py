"""Confidence limits for the noncentrality of a t statistic: the engine of effect sizes."""

from math import sqrt

from coldbench.statistics.distributions import (
    chi2_quantile,
    noncentral_t_cdf,
    normal_quantile,
    root,
)

__all__ = ["LARGE_T", "noncentrality_limits"]

# Beyond this |t| the normal numerator is negligible and T is nc / sqrt(chi2 / df); relative error
# about 1e-6, and the exact distribution function becomes slow.
LARGE_T = 3_000.0


def _solve(t: float, df: float, p: float) -> float:
    """The noncentrality with P(T <= t) = p, for t >= 0."""
    if t > LARGE_T:
        return t * sqrt(chi2_quantile(1.0 - p, df) / df)
    # numerator and denominator cannot both be this far out
    slack = abs(normal_quantile(1e-6))
    low = t * sqrt(chi2_quantile((1.0 - p) / 100.0, df) / df) - slack
    high = t * sqrt(chi2_quantile(1.0 - p / 100.0, df) / df) + slack
    return root(lambda nc: noncentral_t_cdf(t, df, nc) - p, low, high)


def noncentrality_limits(t: float, df: float, level: float) -> tuple[float, float]:
    """Limits [low, high] of the noncentrality of an observed `t`.

    The low limit solves P(T <= t) = (1 + level) / 2, the high limit P(T <= t) = (1 - level) / 2;
    T is noncentral t with `df` degrees of freedom. Assumes normal data.
    """
    tail = (1.0 - level) / 2.0
    low, high = _solve(abs(t), df, 1.0 - tail), _solve(abs(t), df, tail)
    return (low, high) if t >= 0 else (-high, -low)
