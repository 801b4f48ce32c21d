"""Which learners may be the best, which are shown to be worse, and which ranks are left to each."""

from dataclasses import dataclass

import numpy as np

from coldbench.statistics.arrays import BoolArray, FloatArray, IntArray
from coldbench.statistics.blocks import UNSTEADY
from coldbench.statistics.simultaneous import Simultaneous

__all__ = ["BestSet", "best_set"]

FEWEST = 4  # learners of which one can be called typical


@dataclass(frozen=True, eq=False)
class BestSet:
    """may_be_best [K]; beaten_by [K]: a learner that each other one is shown to be worse than, else
    -1; lowest, highest [K]: simultaneous limits of its rank, 1 the best; unsteady [K]: spread more
    than UNSTEADY times that of the typical learner, so that nobody is called worse than it; p [K]:
    of not being among the best, in the family in which a learner leaves or which is left at last,
    and never below that of one who left before."""

    may_be_best: BoolArray
    beaten_by: IntArray
    lowest: IntArray
    highest: IntArray
    unsteady: BoolArray
    p: FloatArray


def best_set(tests: Simultaneous) -> BestSet:
    """From the tests of all pairs of K learners, lower is better.

    Whoever is shown to be worse than somebody leaves, and the others are tested again as a smaller
    family, until nobody leaves. All learners that truly are the best, ties included, stay with
    probability 1 - alpha at least: the first of them to leave must do so in a family of which the
    best are a part. Ranks are those that single-step tests leave, all at once. Assumes what the
    tests assume. Source: Romano & Wolf 2005 and Hansen, Lunde & Nason 2011 (sets of the best);
    Mogstad, Romano, Shaikh & Wilhelm 2024 (ranks).
    """
    a, b = (np.array([pair[side] for pair in tests.pairs], dtype=np.int64) for side in (0, 1))
    k = int(max(a.max(initial=0), b.max(initial=0))) + 1
    loser, winner = np.where(tests.gap > 0.0, (a, b), (b, a))
    unsteady = (k >= FEWEST) & (_spread(k, a, b, tests.sd) > UNSTEADY)
    fair = ~unsteady[winner]
    beaten_by = np.full(k, -1)
    stay, p, highest_p = np.ones(k, dtype=np.bool_), np.ones(k), 0.0
    while True:
        pairs_p = np.where(fair, tests.p_among(stay[a] & stay[b]), 1.0)
        worst = np.ones(k)
        np.minimum.at(worst, loser, pairs_p)
        p[stay] = np.maximum(worst, highest_p)[stay]
        shown = pairs_p <= tests.alpha
        if not shown.any():
            break
        for place in np.flatnonzero(shown)[np.argsort(np.abs(tests.gap[shown]))]:
            beaten_by[loser[place]] = winner[place]
        stay[loser[shown]] = False
        highest_p = float(p[loser[shown]].max())
    shown = (tests.p_among(np.ones(a.size, dtype=np.bool_)) <= tests.alpha) & fair
    lowest = 1 + np.bincount(loser[shown], minlength=k)
    highest = k - np.bincount(winner[shown], minlength=k)
    return BestSet(stay, beaten_by, lowest, highest, unsteady, p)


def _spread(k: int, a: IntArray, b: IntArray, sd: FloatArray) -> FloatArray:
    """Of each learner's differences, the lower median over partners, [k]; the typical one is 1."""
    mine = [np.sort(sd[(a == one) | (b == one)]) for one in range(k)]
    typical = np.array([values[(values.size - 1) // 2] if values.size else 0.0 for values in mine])
    middle = np.sort(typical)[(k - 1) // 2]
    return typical / middle if middle > 0.0 else np.where(typical > 0.0, np.inf, 1.0)
