"""How often one run of each learner, as papers publish, would reverse the conclusion."""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, differences, mean_sd, paired_runs
from coldbench.statistics.distributions import normal_cdf, normal_quantile
from coldbench.statistics.effect import NO_SPREAD
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable
from coldbench.statistics.noncentral import noncentrality_limits
from coldbench.statistics.relative_effect import relative_effect

__all__ = ["Reversal", "reversal_probability", "runs_needed"]


@dataclass(frozen=True, slots=True)
class Reversal:
    """Probability that `k` averaged runs of each learner name the wrong winner.

    `observed`: share over all pairs of runs (i, j), with limits; `paired`: over the R shared seeds
    (both for single runs, ties 1/2); `model`: normal model with limits; `delta` its standardised
    difference; `runs_needed` of each learner for less than 5 %.
    """

    observed: Interval
    paired: float | None
    model: Interval
    delta: float | None
    runs_needed: int | None
    k: int
    n: int
    reason: str | None = None


def _unlike(below: float, above: float, mean: float) -> float:
    """Share of differences unlike sign(mean), given the shares below and above zero."""
    wrong = above if mean < 0.0 else below
    return 0.5 if mean == 0.0 else wrong + (1.0 - below - above) / 2.0


def _observed(a: FloatArray, b: FloatArray, mean: float, level: float) -> Interval:
    """Share of the R^2 pairs (a[i], b[j]) that name the wrong winner."""
    if mean == 0.0:
        return unavailable(a.size, "n/a: equal means have no wrong winner", 0.5)
    return relative_effect(b, a, level=level) if mean < 0.0 else relative_effect(a, b, level=level)


def _model(delta: float, limits: tuple[float, float], k: int, n: int) -> Interval:
    """Phi(-sqrt(k) |delta|); limits of opposite sign include 1/2, a coin."""
    low, high = limits
    near = 0.0 if low <= 0.0 <= high else min(abs(low), abs(high))
    far = max(abs(low), abs(high))
    value, least, most = (normal_cdf(-sqrt(k) * size) for size in (abs(delta), far, near))
    return Interval(value, least, most, n)


def runs_needed(delta: float, risk: float = 0.05) -> int | None:
    """Runs of each learner for a reversal below `risk`: ceil((z / delta)^2), None at delta = 0."""
    if delta == 0.0:
        return None
    return ceil((normal_quantile(1.0 - risk) / delta) ** 2)


def reversal_probability(
    a: npt.ArrayLike, b: npt.ArrayLike, *, shared: bool = True, k: int = 1, level: float = 0.95
) -> Reversal:
    """How often `k` runs of each reverse sign(mean d), d = `a` - `b`, both [R] on the same seeds.

    Observed: `relative_effect`, single runs on seeds of their own; above 1/2 where the learner with
    the worse mean usually wins. Model: Phi(-sqrt(k) |delta|), delta = mean d / sd_d when the two
    runs share split and episodes (`shared`), mean d / sqrt(sd_A^2 + sd_B^2) when they do not.
    Limits: noncentral t limits of mean d / sd_d, scaled by sd_d / sqrt(sd_A^2 + sd_B^2) if not
    shared; never above 1/2. Unit: the seed. The model assumes normal runs, the shares do not.
    R = 1 gives None; without spread the model is None. Raises ValueError on empty, non-finite or
    unequal inputs and k < 1.
    Source: the question of Bouthillier et al. 2021 and Picard 2021, in closed form.
    """
    first, second = paired_runs(a, b)
    if k < 1:
        raise ValueError(f"k counts averaged runs and must be at least 1, got {k}")
    d = differences(first, second)
    n = d.size
    if n == 1:
        none = unavailable(n, ONE_SEED)
        return Reversal(none, None, none, None, None, k, n, ONE_SEED)
    mean, sd = mean_sd(d)
    observed = _observed(first, second, mean, level)
    paired = _unlike(float((d < 0).mean()), float((d > 0).mean()), mean)
    if sd == 0.0:
        model = unavailable(n, NO_SPREAD)
        return Reversal(observed, paired, model, None, None, k, n, NO_SPREAD)
    scale = 1.0 if shared else sd / sqrt(mean_sd(first)[1] ** 2 + mean_sd(second)[1] ** 2)
    delta = scale * mean / sd
    low, high = noncentrality_limits(sqrt(n) * mean / sd, n - 1, level)
    model = _model(delta, (scale * low / sqrt(n), scale * high / sqrt(n)), k, n)
    return Reversal(observed, paired, model, delta, runs_needed(delta), k, n)
