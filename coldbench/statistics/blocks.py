"""Few seeds: one error for all learners, and the largest |t| of a family that it allows."""

from dataclasses import dataclass
from math import inf

import numpy as np

from coldbench.statistics.arrays import BoolArray, FloatArray, IntArray
from coldbench.statistics.distributions import t_of_other_df

__all__ = ["UNSTEADY", "Errors", "largest", "pooled"]

DRAWS = 5_000
UNSTEADY = 5.0  # times the spread of the others: no spread that they could share


@dataclass(frozen=True, eq=False)
class Errors:
    """Standard error [P] of each difference and its degrees of freedom [P]; own: learners whose
    spread is not the others', so that their pairs keep an error of their own."""

    error: FloatArray
    free: FloatArray
    own: tuple[int, ...]

    @property
    def common(self) -> float:
        """Degrees of freedom of the pooled error."""
        return float(self.free.max(initial=1.0))


def pooled(k: int, a: IntArray, b: IntArray, seeds: IntArray, error: FloatArray) -> Errors:
    """One error for the differences of `k` learners `a` - `b` [P] on `seeds` [P], from their own
    `error` [P]: that of the learner that varies most.

    Up to three learners it has R - 1 degrees of freedom, else (k - 1)(R - 1). The mean over all
    pairs, 2 MS_residual of the two-way table, would be too small for the wilder ones: at the
    spreads of our studies it names a loser among equals in a third of the cases. A learner that
    varies more than UNSTEADY times as much as the others stays out: its pairs take their own
    error, or the median of its pairs where that is larger, on R - 1 degrees of freedom.
    """
    variance, own = error**2 * seeds, list[int]()
    alone, wide = np.zeros(len(seeds), dtype=np.bool_), np.zeros(k)
    while True:
        inside = (seeds > 1) & ~alone
        runs, left = int(seeds[inside].max(initial=1)), k - len(own)
        shared = left - 1 if left > 3 else 1  # of three, the wildest may be two thirds of it all
        degrees = max(float(shared * (runs - 1)), 1.0)
        typical = _typical(k, a, b, variance, inside)
        wildest = int(typical.argmax()) if left > 3 else -1
        if left < 4 or _ratio(wildest, typical, a, b, variance, inside) <= UNSTEADY**2:
            break
        own.append(wildest)
        wide[wildest] = typical[wildest]
        alone |= (a == wildest) | (b == wildest)
    most = max(typical.max(initial=0.0), variance[inside].mean() if inside.any() else 0.0)
    used = np.where(alone, np.maximum(variance, np.maximum(wide[a], wide[b])), most)
    free = np.where(alone, np.maximum(seeds - 1.0, 1.0), degrees)
    return Errors(np.sqrt(used / np.maximum(seeds, 1)), free, tuple(sorted(own)))


def _typical(
    k: int, a: IntArray, b: IntArray, variance: FloatArray, inside: BoolArray
) -> FloatArray:
    """Median variance of the differences to each learner, [k]; 0 without any."""
    mine = (variance[inside & ((a == one) | (b == one))] for one in range(k))
    return np.array([np.median(values) if values.size else 0.0 for values in mine])


def _ratio(
    learner: int,
    typical: FloatArray,
    a: IntArray,
    b: IntArray,
    variance: FloatArray,
    inside: BoolArray,
) -> float:
    """A learner's variance over that of the others; half that of a difference is the partner's."""
    others = variance[inside & (a != learner) & (b != learner)]
    rest = float(others.mean()) if others.size else 0.0
    if typical[learner] <= 0.0:
        return 0.0
    return 2.0 * float(typical[learner]) / rest - 1.0 if rest > 0.0 else inf


def largest(
    k: int, a: IntArray, b: IntArray, errors: Errors, rng: np.random.Generator
) -> FloatArray:
    """|t| of every pair without any difference, normal errors, [F, P]; on the pooled scale."""
    z = rng.standard_normal((DRAWS, k))
    size = np.abs(z[:, a] - z[:, b]) / np.sqrt(2.0)
    t = np.asarray(size / _chi(errors.common, rng)[:, None])
    for learner in errors.own:
        for side, other in ((a, b), (b, a)):
            # a pair of two such learners belongs to the first
            mine = (side == learner) & ~np.isin(other, errors.own[: errors.own.index(learner)])
            for df in np.unique(errors.free[mine]):
                here = mine & (errors.free == df)
                own = size[:, here] / _chi(float(df), rng)[:, None]
                t[:, here] = t_of_other_df(own, float(df), errors.common)
    return t


def _chi(df: float, rng: np.random.Generator) -> FloatArray:
    return np.asarray(np.sqrt(rng.chisquare(df, DRAWS) / df))
