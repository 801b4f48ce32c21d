"""Confidence limits for the noncentrality of a t statistic: the engine of effect sizes."""

from math import sqrt

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray
from coldbench.statistics.distributions import (
    chi2_quantile,
    noncentral_t_cdf,
    noncentral_t_scores,
    normal_quantile,
    root,
)

__all__ = ["LARGE_T", "noncentrality_limits"]

# Beyond this |t| the normal numerator is negligible and T is nc / sqrt(chi2 / df); relative error
# about 1e-6, and the exact distribution function becomes slow.
LARGE_T = 3_000.0
STEPS = 12  # of the secant method, which needs four or five
CLOSE = 1e-9  # relative last step, after which the error is that of the distribution function


def noncentrality_limits(
    t: npt.ArrayLike, df: float, level: float
) -> tuple[FloatArray, FloatArray]:
    """Limits (low, high) of the noncentrality of each observed `t`.

    The low limit solves P(T <= t) = (1 + level) / 2, the high limit P(T <= t) = (1 - level) / 2;
    T is noncentral t with `df` degrees of freedom. Assumes normal data.
    """
    observed, tail = np.asarray(t, dtype=np.float64), (1.0 - level) / 2.0
    size = np.abs(observed)
    low, high = _solve(size, df, 1.0 - tail), _solve(size, df, tail)
    mirrored = observed < 0.0
    return np.where(mirrored, -high, low), np.where(mirrored, -low, high)


def _solve(t: FloatArray, df: float, p: float) -> FloatArray:
    """The noncentrality with P(T <= t) = p, for each t >= 0."""
    found = np.asarray(t * sqrt(chi2_quantile(1.0 - p, df) / df))
    exact = t <= LARGE_T
    found[exact] = _secant(t[exact], df, p)
    return found


def _secant(t: FloatArray, df: float, p: float) -> FloatArray:
    """On the scale of normal quantiles, where P(T <= t) is nearly linear in the noncentrality."""
    target, scale = normal_quantile(p), np.sqrt(1.0 + t**2 / (2.0 * df))
    before = t * (1.0 - 1.0 / (4.0 * df)) - target * scale
    missed = noncentral_t_scores(t, df, before) - target
    now, open_ = before + missed * scale, np.arange(t.size)
    for _ in range(STEPS):
        at, last = now[open_], before[open_]
        miss = noncentral_t_scores(t[open_], df, at) - target
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.where(miss == 0.0, 0.0, miss * (at - last) / (miss - missed[open_]))
        before[open_], missed[open_], now[open_] = at, miss, at - step
        # what is not finite stays open
        open_ = open_[~(np.abs(step) <= CLOSE * (1.0 + np.abs(at)))]
    for place in open_:
        now[place] = _bracketed(float(t[place]), df, p)
    return now


def _bracketed(t: float, df: float, p: float) -> float:
    """Slower, and always finds it."""
    # numerator and denominator cannot both be this far out
    slack = abs(normal_quantile(1e-6))
    low = t * sqrt(chi2_quantile((1.0 - p) / 100.0, df) / df) - slack
    high = t * sqrt(chi2_quantile(1.0 - p / 100.0, df) / df) + slack
    return root(lambda nc: noncentral_t_cdf(t, df, nc) - p, low, high)
