"""Distribution functions and quantiles, typed: the only file of this folder that calls scipy."""

from collections.abc import Callable
from functools import lru_cache
from math import isnan

import numpy as np
from scipy import special

from coldbench.statistics.arrays import FloatArray

__all__ = [
    "chi2_quantile",
    "chi2_quantiles",
    "clopper_pearson",
    "expected_maximum",
    "f_quantile",
    "f_upper",
    "f_uppers",
    "log_gamma",
    "noncentral_t_cdf",
    "noncentral_t_scores",
    "normal_cdf",
    "normal_quantile",
    "root",
    "t_cdf",
    "t_of_other_df",
    "t_quantile",
    "t_quantiles",
    "t_two_sided",
    "t_two_sideds",
]


def normal_cdf(z: float) -> float:
    """P(Z <= z), standard normal."""
    return float(special.ndtr(z))


def normal_quantile(p: float) -> float:
    """z with P(Z <= z) = p."""
    return float(special.ndtri(p))


def t_cdf(t: float, df: float) -> float:
    """P(T <= t), Student's t."""
    return float(special.stdtr(df, t))


def t_quantile(p: float, df: float) -> float:
    """t with P(T <= t) = p."""
    return float(special.stdtrit(df, p))


def t_quantiles(p: float, df: FloatArray) -> FloatArray:
    """`t_quantile` for every element of `df`."""
    return np.asarray(special.stdtrit(df, p), dtype=np.float64)


def t_two_sided(t: float, df: float) -> float:
    """P(|T| >= |t|)."""
    return 2.0 * t_cdf(-abs(t), df)


def t_two_sideds(t: FloatArray, df: float) -> FloatArray:
    """`t_two_sided` for every element of `t`."""
    return np.asarray(2.0 * special.stdtr(df, -np.abs(t)), dtype=np.float64)


def t_of_other_df(t: FloatArray, df: float, other: float) -> FloatArray:
    """The |t| on `other` degrees of freedom that is as rare as each of `t` on `df`; monotone."""
    if df == other:
        return t
    grid = np.concatenate([[0.0], np.geomspace(1e-3, 1e6, 2_000)])
    tail = np.maximum(special.stdtr(df, -grid), 1e-290)
    return np.asarray(np.interp(t, grid, -special.stdtrit(other, tail)), dtype=np.float64)


def chi2_quantile(p: float, df: float) -> float:
    """c with P(chi2 <= c) = p."""
    return float(special.chdtri(df, 1.0 - p))


def chi2_quantiles(p: FloatArray, df: float) -> FloatArray:
    """`chi2_quantile` for every element of `p`."""
    return np.asarray(special.chdtri(df, 1.0 - p), dtype=np.float64)


def f_quantile(p: float, df1: float, df2: float) -> float:
    """f with P(F <= f) = p."""
    return float(special.fdtri(df1, df2, p))


def f_upper(f: float, df1: float, df2: float) -> float:
    """P(F >= f)."""
    return float(special.fdtrc(df1, df2, f))


def f_uppers(f: FloatArray, df1: float, df2: float) -> FloatArray:
    """`f_upper` for every element of `f`."""
    return np.asarray(special.fdtrc(df1, df2, f), dtype=np.float64)


@lru_cache(maxsize=1024)
def clopper_pearson(hits: int, n: int, level: float) -> tuple[float, float]:
    """Exact limits of a binomial share, `hits` of `n`."""
    tail = (1.0 - level) / 2.0
    low = 0.0 if hits == 0 else float(special.betaincinv(hits, n - hits + 1, tail))
    high = 1.0 if hits == n else float(special.betaincinv(hits + 1, n - hits, 1.0 - tail))
    return low, high


def log_gamma(x: float) -> float:
    """log of the gamma function."""
    return float(special.gammaln(x))


def noncentral_t_cdf(t: float, df: float, nc: float) -> float:
    """P(T <= t) for a noncentral t with noncentrality `nc`."""
    p = float(special.nctdtr(df, nc, t))
    if isnan(p):  # scipy gives up far out in a tail, where p is below 1e-40 or as close to 1
        return 0.0 if t < nc else 1.0
    return p


def noncentral_t_scores(t: FloatArray, df: float, nc: FloatArray) -> FloatArray:
    """The normal quantile of `noncentral_t_cdf`, elementwise; not finite far out in a tail."""
    return np.asarray(special.ndtri(special.nctdtr(df, nc, t)), dtype=np.float64)


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where `function` changes sign between `low` and `high`."""
    from scipy import optimize  # takes a third of a second, and is rarely needed

    return float(optimize.brentq(function, low, high, xtol=1e-12))


@lru_cache
def expected_maximum(n: int) -> float:
    """Expected largest of `n` independent standard normals: n * int z phi(z) Phi(z)^(n-1) dz."""
    z = np.linspace(-12.0, 12.0, 4801)
    density = np.exp(-(z**2) / 2.0) / np.sqrt(2.0 * np.pi)
    return float(np.trapezoid(n * z * density * special.ndtr(z) ** (n - 1), z))
