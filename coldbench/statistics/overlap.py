"""Disagreement of seeds that share only some of their ratings; the others are left out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, IntArray, finite
from coldbench.statistics.disagreement import Disagreement, check_steps, jackknife, stars
from coldbench.statistics.interval import ONE_SEED, unavailable

__all__ = ["NO_OVERLAP", "Overlap", "overlap_disagreement", "overlap_sums"]

NO_OVERLAP = "n/a: no two seeds predict the same rating"


@dataclass(frozen=True, eq=False)
class Overlap:
    """What each seed adds up to over all pairs with another seed, each [R].

    `count`: ratings that both predict; `difference`: sum of |p_i - p_j|; `churn`: how many are
    rounded to different stars.
    """

    count: FloatArray
    difference: FloatArray
    churn: FloatArray


def overlap_sums(
    p: npt.ArrayLike, rating: IntArray, seed: IntArray, scale: tuple[float, float, float]
) -> Overlap:
    """`Overlap` of predictions `p` [N] of `rating` [N] made at `seed` [N], 0 to R - 1.

    A seed predicts a rating at most once. `scale` as in `seed_disagreement`.
    Raises ValueError on an empty or non-finite `p`, or a scale without step.
    """
    predictions = finite(p, "N", "p")
    check_steps(scale)
    star = stars(predictions, scale)
    order = np.lexsort((predictions, rating))
    predictions, rating, seed, star = predictions[order], rating[order], seed[order], star[order]
    group, first, size = _runs_of(rating)
    ranked = predictions - predictions[first[group]]  # equal predictions differ by exactly 0
    total = np.bincount(group, weights=ranked)
    before = np.cumsum(ranked) - ranked
    below = before - before[first[group]]
    place = np.arange(ranked.size) - first[group]
    above = total[group] - below - ranked
    distance = ranked * (2 * place - size[group] + 1) - below + above
    same, _, alike = _runs_of(rating, star)
    others = size[group]

    def by_seed(x: npt.ArrayLike) -> FloatArray:
        return np.bincount(seed, weights=x).astype(np.float64)

    return Overlap(by_seed(others - 1), by_seed(distance), by_seed(others - alike[same]))


def _runs_of(*keys: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Of sorted keys [N]: the group of each entry, and the start and size of each group."""
    new = np.ones(keys[0].size, dtype=bool)
    new[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    group = np.cumsum(new) - 1
    return group, np.flatnonzero(new), np.bincount(group)


def overlap_disagreement(overlap: Overlap, *, level: float = 0.95) -> Disagreement:
    """Disagreement over all pairs of seeds and the ratings that both predict.

    Every common rating of a pair weighs the same; where all seeds predict the same ratings this is
    `seed_disagreement`. Limits: jackknife over seeds with t[R-1]. Unit: the seed. `n_ratings` is
    the mean over pairs of what they share. No common rating gives None, one pair no limits.
    """
    n = overlap.count.size
    if overlap.count.sum() == 0.0:
        reason = ONE_SEED if n == 1 else NO_OVERLAP
        none = unavailable(n, reason)
        return Disagreement(none, none, n, 0, reason)
    difference = jackknife(overlap.difference, overlap.count, level)
    churn = jackknife(overlap.churn, overlap.count, level)
    shared = round(overlap.count.sum() / (n * (n - 1)))
    return Disagreement(difference, churn, n, shared, difference.reason)
