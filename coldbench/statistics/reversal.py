"""How often one run of each learner, as papers publish, would reverse the conclusion."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import (
    FloatArray,
    differences,
    mean_sd_of_rows,
    paired_rows,
    paired_runs,
    row_differences,
)
from coldbench.statistics.distributions import normal_cdf, normal_quantile
from coldbench.statistics.effect import NO_SPREAD, EffectSize, effect_size
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable
from coldbench.statistics.relative_effect import relative_effects

__all__ = ["Reversal", "reversal_probability", "reversals", "runs_needed"]


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


def _observed(a: FloatArray, b: FloatArray, mean: FloatArray, level: float) -> list[Interval]:
    """Share of the R^2 pairs (a[i], b[j]) that name the wrong winner, of each row."""
    ahead = (mean < 0.0)[:, None]
    shares = relative_effects(np.where(ahead, b, a), np.where(ahead, a, b), level=level)
    none = unavailable(a.shape[1], "n/a: equal means have no wrong winner", 0.5)
    return [none if m == 0.0 else share for m, share in zip(mean, shares, strict=True)]


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
    effect = effect_size(differences(first, second), level=level)
    apart, together = reversals(first[None], second[None], [effect], k=k, level=level)[0]
    return together if shared else apart


def reversals(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    effects: Sequence[EffectSize],
    *,
    k: int = 1,
    level: float = 0.95,
) -> list[tuple[Reversal, Reversal]]:
    """`reversal_probability` of each row of `a` and `b` [P, R], of runs that are not shared and of
    runs that are; effects: of their differences, at the same level."""
    first, second = paired_rows(a, b)
    if k < 1:
        raise ValueError(f"k counts averaged runs and must be at least 1, got {k}")
    d = row_differences(first, second)
    n = d.shape[1]
    if n == 1:
        none = unavailable(n, ONE_SEED)
        alone = Reversal(none, None, none, None, None, k, n, ONE_SEED)
        return [(alone, alone)] * len(d)
    mean, sd = mean_sd_of_rows(d)
    both = np.sqrt(mean_sd_of_rows(first)[1] ** 2 + mean_sd_of_rows(second)[1] ** 2)
    scale = np.divide(sd, both, out=np.zeros_like(sd), where=sd > 0.0)
    below, above = (d < 0).mean(axis=1), (d > 0).mean(axis=1)
    rows = zip(*(array.tolist() for array in (below, above, mean, scale)), strict=True)
    shares = zip(_observed(first, second, mean, level), effects, rows, strict=True)
    return [
        (
            _reversal(observed, _unlike(*row[:3]), effect, row[3], k),
            _reversal(observed, _unlike(*row[:3]), effect, 1.0 if row[3] else 0.0, k),
        )
        for observed, effect, row in shares
    ]


def _reversal(
    observed: Interval, paired: float, effect: EffectSize, scale: float, k: int
) -> Reversal:
    """scale: from the effect of differences to that of the runs, 0 where these do not vary."""
    n = observed.n
    if scale == 0.0 or effect.raw is None or effect.low is None or effect.high is None:
        return Reversal(observed, paired, unavailable(n, NO_SPREAD), None, None, k, n, NO_SPREAD)
    delta = scale * effect.raw
    model = _model(delta, (scale * effect.low, scale * effect.high), k, n)
    return Reversal(observed, paired, model, delta, runs_needed(delta), k, n)
