"""How many seeds a study needs, planned with a cautious standard deviation."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy.typing as npt

from coldbench.statistics.arrays import finite, mean_sd
from coldbench.statistics.distributions import (
    chi2_quantile,
    noncentral_t_cdf,
    root,
    t_quantile,
)
from coldbench.statistics.interval import ONE_SEED

__all__ = [
    "MOST_SEEDS",
    "TOO_MANY",
    "SeedsNeeded",
    "detectable",
    "paired_power",
    "seeds_for",
    "seeds_needed",
]

MOST_SEEDS = 1_000_000
TOO_MANY = "n/a: more than 1,000,000 seeds"


@dataclass(frozen=True, slots=True)
class SeedsNeeded:
    """`value` seeds, planned with `sd_upper`; `optimistic` with the pilot's own `sd`, `n` seeds.

    `target` is the difference to detect.
    """

    value: int | None
    optimistic: int | None
    sd: float | None
    sd_upper: float | None
    target: float
    n: int
    reason: str | None = None


def paired_power(n: int, difference: float, sd: float, alpha: float = 0.05) -> float:
    """Power of the two-sided paired t test with `n` >= 2 seeds: P(|T| > t[n-1, 1 - alpha/2]).

    T is noncentral t with noncentrality sqrt(n) difference / sd, sd > 0. Source: Cohen 1988.
    """
    nc = sqrt(n) * abs(difference) / sd
    if nc > 1_000.0:
        return 1.0
    critical = t_quantile(1.0 - alpha / 2.0, n - 1)
    inside = noncentral_t_cdf(critical, n - 1, nc) - noncentral_t_cdf(-critical, n - 1, nc)
    return 1.0 - inside


def detectable(n: int, sd: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """The difference that `n` >= 2 seeds show with this `power`: the inverse of `paired_power`."""
    if sd == 0.0:
        return 0.0
    return sd * root(lambda size: paired_power(n, size, 1.0, alpha) - power, 0.0, 1_000.0)


def _first(enough: Callable[[int], bool]) -> int | None:
    """Smallest n >= 2 that is `enough` (monotone), None beyond MOST_SEEDS."""
    high = 2
    while not enough(high):
        if high >= MOST_SEEDS:
            return None
        high = min(2 * high, MOST_SEEDS)
    low = max(1, high // 2) if high < MOST_SEEDS else 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def seeds_for(
    difference: float, sd: float, *, power: float = 0.8, alpha: float = 0.05
) -> int | None:
    """Fewest seeds with `paired_power` >= `power` when the sd of differences is known to be `sd`.

    2 without spread, None beyond MOST_SEEDS. Raises ValueError on difference 0.
    """
    if difference == 0.0:
        raise ValueError("difference must not be 0: no number of seeds shows that")
    if sd == 0.0:
        return 2
    return _first(lambda n: paired_power(n, difference, sd, alpha) >= power)


def seeds_needed(
    d: npt.ArrayLike,
    difference: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    sd_level: float = 0.8,
) -> SeedsNeeded:
    """Seeds for a paired t test to find a true `difference` with probability `power`.

    `d` [R] are the paired differences of a pilot; planned with the upper one-sided `sd_level`
    limit sd_d sqrt((R-1) / chi2[R-1, 1 - sd_level]), since a pilot's own sd is too small about half
    of the time. Unit: the seed. Assumes normal differences. R = 1 gives None.
    Raises ValueError on an empty or non-finite `d` and difference 0.
    Source: Colas et al. 2018; Browne 1995 (upper limit).
    """
    if difference == 0.0:
        raise ValueError("difference must not be 0: no number of seeds shows that")
    runs = finite(d, "R")
    n = runs.size
    if n == 1:
        return SeedsNeeded(None, None, None, None, difference, n, ONE_SEED)
    sd = mean_sd(runs)[1]
    upper = sd * sqrt((n - 1) / chi2_quantile(1.0 - sd_level, n - 1))
    value, optimistic = (seeds_for(difference, s, power=power, alpha=alpha) for s in (upper, sd))
    reason = TOO_MANY if value is None else None
    return SeedsNeeded(value, optimistic, sd, upper, difference, n, reason)
