"""The paired effect size d_z."""

from dataclasses import dataclass
from functools import cache
from math import exp, sqrt

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import finite, mean_sd_of_rows
from coldbench.statistics.distributions import log_gamma
from coldbench.statistics.interval import ONE_SEED
from coldbench.statistics.noncentral import noncentrality_limits

__all__ = ["NO_SPREAD", "EffectSize", "effect_size", "effect_sizes", "hedges_factor"]

NO_SPREAD = "n/a: the difference does not vary over seeds"


@dataclass(frozen=True, slots=True)
class EffectSize:
    """`value` Hedges-corrected, `raw` = mean d / sd_d, limits of the true d_z, `n` seeds."""

    value: float | None
    raw: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None = None


@cache
def hedges_factor(df: int) -> float:
    """gamma(df/2) / (sqrt(df/2) gamma((df-1)/2)), for df >= 2: takes out the small-sample bias."""
    return exp(log_gamma(df / 2.0) - log_gamma((df - 1) / 2.0)) / sqrt(df / 2.0)


def effect_size(d: npt.ArrayLike, *, level: float = 0.95) -> EffectSize:
    """d_z = mean d / sd_d of paired differences `d` [R], with noncentral t limits.

    Unit: the seed. Assumes normal differences. R = 1 or differences without spread give None;
    R = 2 has no corrected value. Raises ValueError on an empty or non-finite `d`.
    Source: Hedges 1981; Cumming & Finch 2001.
    """
    return effect_sizes(finite(d, "R", "d")[None], level=level)[0]


def effect_sizes(d: npt.ArrayLike, *, level: float = 0.95) -> list[EffectSize]:
    """`effect_size` of each row of `d` [P, R]."""
    values = finite(d, "PR", "d")
    n = values.shape[1]
    mean, sd = mean_sd_of_rows(values)
    if n == 1:
        return [EffectSize(None, None, None, None, n, ONE_SEED)] * len(values)
    varies = sd > 0.0
    raw = np.divide(mean, sd, out=np.zeros_like(mean), where=varies)
    low, high = (nc / sqrt(n) for nc in noncentrality_limits(raw * sqrt(n), n - 1, level))
    rows = zip(varies, raw.tolist(), low.tolist(), high.tolist(), strict=True)
    flat = EffectSize(None, None, None, None, n, NO_SPREAD)
    return [_with_limits(d_z, a, b, n) if some else flat for some, d_z, a, b in rows]


def _with_limits(raw: float, low: float, high: float, n: int) -> EffectSize:
    if n == 2:
        return EffectSize(None, raw, low, high, n, "n/a: the correction needs 3 seeds")
    return EffectSize(hedges_factor(n - 1) * raw, raw, low, high, n)
