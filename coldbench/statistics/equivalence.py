"""Two sets of runs of what should be the same thing: do they differ, or agree within a margin?"""

from dataclasses import dataclass
from math import sqrt

import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, differences, finite, mean_sd, studentised
from coldbench.statistics.distributions import t_cdf, t_quantile, t_two_sided
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

__all__ = ["Agreement", "paired_agreement", "unpaired_agreement"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """`difference` = mean of a - mean of b with limits; `p`: that there is one, two-sided;
    `tost_p`: that it is `margin` or more, on either side; `equivalent`: tost_p <= alpha."""

    difference: Interval
    p: float | None
    tost_p: float | None
    equivalent: bool | None
    margin: float
    paired: bool
    reason: str | None = None


def paired_agreement(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    *,
    margin: float,
    level: float = 0.95,
    alpha: float = 0.05,
) -> Agreement:
    """Paired t test and TOST of `a` against `b`, both [R] on the same seeds.

    Unit: the seed, paired. Assumes normal differences; `margin` is fixed before looking. R = 1
    keeps the value only. Raises ValueError on empty, non-finite or unequal inputs and margin <= 0.
    Source: Student 1908; Schuirmann 1987 (TOST).
    """
    d = differences(a, b)
    mean, sd = mean_sd(d)
    return _agreement(mean, sd / sqrt(d.size), d.size - 1.0, d.size, margin, True, level, alpha)


def unpaired_agreement(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    *,
    margin: float,
    level: float = 0.95,
    alpha: float = 0.05,
) -> Agreement:
    """Welch t test and TOST of `a` [R] against `b` [S], runs that share nothing.

    se^2 = s_a^2 / R + s_b^2 / S with Satterthwaite degrees of freedom. Unit: the run. Assumes
    about normal means. R = 1 or S = 1 keeps the value only. Raises ValueError on an empty or
    non-finite input and margin <= 0. Source: Welch 1947; Schuirmann 1987 (TOST).
    """
    first, second = finite(a, "R", "a"), finite(b, "R", "b")
    (mean_a, part_a), (mean_b, part_b) = _part(first), _part(second)
    n, variance = min(first.size, second.size), part_a + part_b
    spread = sum(p * p / (x.size - 1) for p, x in ((part_a, first), (part_b, second)) if p > 0.0)
    df = variance**2 / spread if spread > 0.0 else first.size + second.size - 2.0
    return _agreement(mean_a - mean_b, sqrt(variance), df, n, margin, False, level, alpha)


def _part(x: FloatArray) -> tuple[float, float]:
    """Mean, and its variance."""
    mean, sd = mean_sd(x)
    return mean, sd * sd / x.size


def _agreement(
    mean: float,
    error: float,
    df: float,
    n: int,
    margin: float,
    paired: bool,
    level: float,
    alpha: float,
) -> Agreement:
    if not margin > 0.0:
        raise ValueError(f"margin must be positive and fixed beforehand, got {margin}")
    if n == 1:
        none = unavailable(n, ONE_SEED, mean)
        return Agreement(none, None, None, None, margin, paired, ONE_SEED)
    half = t_quantile((1.0 + level) / 2.0, df) * error
    interval = Interval(mean, mean - half, mean + half, n)
    above, below = (t_cdf(studentised(side * mean - margin, error), df) for side in (1.0, -1.0))
    tost = max(above, below)
    return Agreement(
        interval, t_two_sided(studentised(mean, error), df), tost, tost <= alpha, margin, paired
    )
