"""Does the order of the learners survive a change of seed?"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import BoolArray, FloatArray, IntArray, finite
from coldbench.statistics.holm import holm_adjust
from coldbench.statistics.interval import ONE_SEED
from coldbench.statistics.paired import paired_differences

__all__ = ["RankStability", "rank_stability"]


@dataclass(frozen=True, slots=True)
class RankStability:
    """`counts[m][r]`: at how many of `n` seeds learner m had rank r + 1 (1 is best).

    Ties share the better rank. `kendall_w`: 1 when all seeds agree on the order. `groups`: learners
    by mean, best first; those in one group are not shown to differ. A learner may be in several.
    """

    counts: tuple[tuple[int, ...], ...]
    kendall_w: float | None
    groups: tuple[tuple[int, ...], ...] | None
    n: int
    reason: str | None = None


def _better_and_equal(x: FloatArray) -> tuple[IntArray, IntArray]:
    """For each run [R, M]: how many learners are better, and how many equal (itself included)."""
    better = (x[:, :, None] > x[:, None, :]).sum(axis=2)
    equal = (x[:, :, None] == x[:, None, :]).sum(axis=2)
    return better, equal


def _kendall_w(better: IntArray, equal: IntArray) -> float | None:
    """W with mean ranks for ties, None when every seed ties all learners."""
    n, m = better.shape
    sums = (better + (equal + 1) / 2.0).sum(axis=0)
    # a tied group of t contributes t^3 - t; each of its members brings t^2 - 1
    ties = float((equal.astype(np.float64) ** 2 - 1.0).sum())
    most = n**2 * (m**3 - m) - n * ties
    return 12.0 * float(((sums - sums.mean()) ** 2).sum()) / most if most > 0.0 else None


def _differ(x: FloatArray, alpha: float) -> BoolArray:
    """[M, M]: pairs whose paired t p is at most `alpha` after Holm over all pairs."""
    m = x.shape[1]
    pairs = list(combinations(range(m), 2))
    first, second = (x.T[list(side)] for side in zip(*pairs, strict=True))
    raw = [found.p for found in paired_differences(first, second)]
    adjusted = holm_adjust(np.array(raw, dtype=np.float64)).adjusted
    result = np.zeros((m, m), dtype=np.bool_)
    for (i, j), p in zip(pairs, adjusted, strict=True):
        result[i, j] = result[j, i] = p <= alpha
    return result


def _groups(order: IntArray, differ: BoolArray) -> tuple[tuple[int, ...], ...]:
    """Longest stretches of `order` without a pair that differs."""
    result: list[tuple[int, ...]] = []
    reached = 0
    for start in range(order.size):
        stop = start + 1
        while stop < order.size and not differ[order[stop], order[start:stop]].any():
            stop += 1
        if stop > reached:
            result.append(tuple(order[start:stop].tolist()))
            reached = stop
    return tuple(result)


def rank_stability(x: npt.ArrayLike, *, alpha: float = 0.05) -> RankStability:
    """Rank counts, Kendall's W and tie groups of M learners, `x` [R, M], lower is better.

    W = 12 sum (S_m - mean S)^2 / (R^2 (M^3 - M) - R sum (t^3 - t)), S_m the sum of the ranks of m,
    t the sizes of ties. Groups: paired t with Holm over all pairs. Unit: the seed. W assumes
    nothing, the groups normal differences. R = 1 leaves counts only; M < 2 raises ValueError, as
    does an empty or non-finite `x`. Source: Kendall & Babington Smith 1939; Demsar 2006.
    """
    runs = finite(x, "RM")
    n, m = runs.shape
    if m < 2:
        raise ValueError(f"ranks need at least 2 learners, got {m}")
    better, equal = _better_and_equal(runs)
    counts = tuple(tuple(np.bincount(column, minlength=m).tolist()) for column in better.T)
    if n == 1:
        return RankStability(counts, None, None, n, ONE_SEED)
    groups = _groups(np.argsort(runs.mean(axis=0), kind="stable"), _differ(runs, alpha))
    w = _kendall_w(better, equal)
    reason = "n/a: all learners tie at every seed" if w is None else None
    return RankStability(counts, w, groups, n, reason)
