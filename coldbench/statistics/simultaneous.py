"""Many paired differences tested together: is one larger than the largest that chance gives?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import BoolArray, FloatArray, IntArray
from coldbench.statistics.blocks import Errors, largest, pooled
from coldbench.statistics.distributions import t_of_other_df
from coldbench.statistics.flips import flipped, moments, ratio
from coldbench.statistics.skewness import STRONG, skewness

__all__ = ["FEWEST_FLIPS", "Simultaneous", "simultaneous"]

FEWEST_FLIPS = 6  # seeds from which sign flips can reach 5 %, two-sided: 2 / 2^6
TIE = 1.0 - 1e-9  # values that differ by rounding only are equal


@dataclass(frozen=True, eq=False)
class Simultaneous:
    """Differences of `pairs` (a, b) of learners, tested as one family.

    gap, sd [P]: mean and standard deviation of a - b on their common `seeds` [P]; p [P]: adjusted,
    two-sided; half [P]: half-widths of simultaneous limits, infinite where no data could show
    anything. flips: by sign flips, else by blocks with a common error; own: the learners whose
    spread that error is not; skewed: the seeds would have sufficed for sign flips.
    """

    pairs: tuple[tuple[int, int], ...]
    gap: FloatArray
    sd: FloatArray
    seeds: IntArray
    p: FloatArray
    half: FloatArray
    flips: bool
    own: tuple[int, ...]
    skewed: bool
    alpha: float
    _t: FloatArray = field(repr=False)
    _chance: FloatArray = field(repr=False)

    def p_among(self, among: BoolArray) -> FloatArray:
        """Adjusted p, [P], where the pairs `among` [P] are all the family; 1 for the others."""
        most = self._chance[:, among].max(axis=1, initial=0.0)
        return np.where(among, _reached(self._t, most), 1.0)


def simultaneous(
    x: npt.ArrayLike,
    pairs: Sequence[tuple[int, int]],
    rng: np.random.Generator,
    *,
    alpha: float = 0.05,
) -> Simultaneous:
    """Single-step max-t over `pairs` of learners in `x` [K, R], NaN where a run is missing.

    From six seeds on the sign of each seed's differences is flipped, for all pairs together: all
    ways up to eleven seeds, else 2,000 drawn ones. Exact where no learner differs and differences
    are jointly symmetric; nothing else is assumed of their spread or correlation. Fewer seeds
    cannot reach 5 % so, and where `skewness` is strong a sign is not as good as its mirror: there
    (of the latter, where all pairs are compared: variants of unlike learners, each beside its own,
    share no error) `blocks` takes the error of the learner that varies most for all and compares
    with the largest of the family under normal errors. Unit: the seed. A pair without two common
    seeds has p = 1 and no limits. Raises ValueError for another shape and infinite runs.
    Source: Westfall & Young 1993; Romano & Wolf 2005; few seeds: Tukey 1953, Games & Howell 1976.
    """
    runs = np.asarray(x, dtype=np.float64)
    if runs.ndim != 2 or np.isinf(runs).any():
        raise ValueError(f"x needs shape [K, R] and no infinite run, got shape {runs.shape}")
    a, b = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    d = _differences(runs, a, b)
    seeds, d = np.isfinite(d).sum(axis=1), np.nan_to_num(d)
    gap, error = moments(d, seeds)
    enough = int(seeds.max(initial=0)) >= FEWEST_FLIPS
    league = len(pairs) == len(runs) * (len(runs) - 1) // 2
    skewed = enough and league and abs(skewness(runs)) > STRONG
    flips = enough and not skewed
    if flips:
        errors = Errors(error, np.maximum(seeds - 1.0, 1.0), ())
        chance = _scaled(flipped(d, seeds, rng), errors)
    else:
        errors = pooled(len(runs), a, b, seeds, error)
        chance = largest(len(runs), a, b, errors, rng)
    t = _scaled(ratio(gap, errors.error)[None], errors)[0]
    t[seeds < 2], chance[:, seeds < 2] = 0.0, 0.0
    most = chance.max(axis=1, initial=0.0)
    p = np.where(seeds < 2, 1.0, _reached(t, most))
    half = np.where(seeds < 2, inf, _half(most, alpha, errors))
    sd = error * np.sqrt(seeds)
    own = () if flips else errors.own
    return Simultaneous(tuple(pairs), gap, sd, seeds, p, half, flips, own, skewed, alpha, t, chance)


def _differences(runs: FloatArray, a: IntArray, b: IntArray) -> FloatArray:
    """x[a] - x[b], [P, R]; those that are equal up to the rounding of the subtraction are equal."""
    d = np.asarray(runs[a] - runs[b])
    known = np.isfinite(d)
    low = np.where(known, d, inf).min(axis=1, initial=inf)
    high = np.where(known, d, -inf).max(axis=1, initial=-inf)
    rounding = 4 * np.finfo(np.float64).eps * np.abs(np.nan_to_num(runs)).max(initial=0.0)
    alike = high - low <= rounding
    return np.where(known & alike[:, None], low[:, None], d)


def _scaled(t: FloatArray, errors: Errors) -> FloatArray:
    """|t| [F, P] on the scale of the most degrees of freedom, so that the largest means most."""
    for df in np.unique(errors.free[errors.free < errors.common]):
        here = errors.free == df
        t[:, here] = t_of_other_df(t[:, here], float(df), errors.common)
    return t


def _half(most: FloatArray, alpha: float, errors: Errors) -> FloatArray:
    """Half-widths [P] from the |t| that at most a share `alpha` of `most` [F] exceeds."""
    allowed = int(alpha * most.size + 1e-9)
    limit = np.sort(most)[-allowed - 1] if allowed else inf
    if limit == inf:
        return np.full(errors.free.size, inf)
    half = np.empty(errors.free.size)
    for df in np.unique(errors.free):
        here = errors.free == df
        half[here] = t_of_other_df(np.array(limit), errors.common, float(df)) * errors.error[here]
    return half


def _reached(t: FloatArray, most: FloatArray) -> FloatArray:
    """Share of `most` [F] that reaches each of `t` [P]."""
    below = np.searchsorted(np.sort(most), t * TIE, side="left")
    return np.asarray(1.0 - below / most.size)
