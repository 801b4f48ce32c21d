"""Does a published number look like one of our runs?"""

from dataclasses import dataclass
from math import sqrt

import numpy.typing as npt

from coldbench.statistics.arrays import finite, mean_sd, studentised
from coldbench.statistics.distributions import t_cdf, t_quantile
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

__all__ = ["NOTE", "PublishedComparison", "compare_published"]

NOTE = "the published value is one run of unknown settings"


@dataclass(frozen=True, slots=True)
class PublishedComparison:
    """A `published` value against `n` runs.

    `prediction`: mean of the runs with the limits of one further run; `inside`: the value lies
    there; `percentile` (0..100) of the value among further runs; `tost_p`: p for "the mean differs
    from the value by `margin` or more"; `equivalent`: tost_p <= alpha.
    """

    published: float
    prediction: Interval
    inside: bool | None
    percentile: float | None
    tost_p: float | None
    equivalent: bool | None
    margin: float
    n: int
    note: str = NOTE
    reason: str | None = None


def compare_published(
    x: npt.ArrayLike, value: float, *, margin: float, level: float = 0.95, alpha: float = 0.05
) -> PublishedComparison:
    """Whether `value` lies in mean +- t[R-1] sd sqrt(1 + 1/R) of the runs `x` [R], and TOST.

    `margin` is fixed before looking. TOST p = the larger of the two one-sided t tests of the mean
    against value - margin and value + margin. Unit: the seed. Assumes normal runs and that `value`
    is one run, of settings nobody knows. R = 1 gives None.
    Raises ValueError on an empty or non-finite input and margin <= 0.
    Source: Hahn & Meeker 1991 (prediction interval); Schuirmann 1987 (TOST).
    """
    runs = finite(x, "R")
    v = float(finite(value, "", "value"))
    if not margin > 0.0:
        raise ValueError(f"margin must be positive and fixed beforehand, got {margin}")
    n = runs.size
    mean, sd = mean_sd(runs)
    if n == 1:
        missing = unavailable(n, ONE_SEED, mean)
        return PublishedComparison(v, missing, None, None, None, None, margin, n, NOTE, ONE_SEED)
    spread = sd * sqrt(1.0 + 1.0 / n)
    half = t_quantile((1.0 + level) / 2.0, n - 1) * spread
    prediction = Interval(mean, mean - half, mean + half, n)
    percentile = 100.0 * t_cdf(studentised(v - mean, spread), n - 1)
    error = sd / sqrt(n)
    above = t_cdf(-studentised(mean - (v - margin), error), n - 1)
    below = t_cdf(studentised(mean - (v + margin), error), n - 1)
    p = max(above, below)
    inside = prediction.contains(v)
    return PublishedComparison(v, prediction, inside, percentile, p, p <= alpha, margin, n)
