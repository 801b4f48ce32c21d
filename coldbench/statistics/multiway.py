"""The paired difference of two learners where seeds, users and items are all drawn at random."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, IntArray, finite, mean_sd
from coldbench.statistics.distributions import t_quantile, t_two_sided
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

__all__ = ["MultiwayDifference", "PairVariances", "multiway_difference", "pair_variances"]

FEW = 1.5  # effective users or items below which nothing can be said about others


@dataclass(frozen=True, slots=True, eq=False)
class PairVariances:
    """Variances of mean a - b for all pairs (a, b) of L learners, each [L, L].

    user, item: with users, or items, as clusters; overlap: what has to be added to these and to
    the variance over seeds, since they share ratings (below 0 as a rule).
    users, items: how many there are; effective_users, effective_items: 1 / sum of squared weights,
    as many as there would be if all weighed alike.
    """

    user: FloatArray
    item: FloatArray
    overlap: FloatArray
    users: int
    items: int
    effective_users: float
    effective_items: float


@dataclass(frozen=True, slots=True)
class MultiwayDifference:
    """difference: mean of a - b with limits for other seeds, users and items; error: its standard
    error; df: degrees of freedom; p: two-sided."""

    difference: Interval
    error: float | None
    df: float | None
    p: float | None
    reason: str | None = None


def pair_variances(
    errors: npt.ArrayLike, seed: npt.ArrayLike, user: npt.ArrayLike, item: npt.ArrayLike
) -> PairVariances:
    """Clustered variances from every single error: what `multiway_difference` needs of them.

    `errors` [L, N]: absolute errors of L learners on the same N predicted ratings; `seed`, `user`,
    `item` [N]: integers that say whose they are. The estimate is the mean over seeds of each
    seed's mean, so rating i of seed s weighs w_i = 1 / (R n_s). With z_i = w_i (d_i - mean d), a
    clustering has the variance sum over clusters of (sum of z)^2, times
    1 / (1 - 2 sum W^3 / sum W^2 + sum W^2) with W the weight of a cluster: the correction for the
    estimated mean, exact for effects of independent clusters (R / (R - 1) for equal ones).
    Raises ValueError on empty, non-finite or unequal arrays.
    """
    table = finite(errors, "LN", "errors")
    seeds, users, items = (_codes(x, table.shape[1]) for x in (seed, user, item))
    weight = 1.0 / (np.bincount(seeds)[seeds] * (seeds.max() + 1.0))
    scores = _scores(table, weight)

    def variance(*codes: IntArray) -> FloatArray:
        return _clustered(scores, weight, _crossing(codes))

    overlap = variance(seeds, users, items) - variance(users, items)
    overlap -= variance(seeds, users) + variance(seeds, items)
    user_weight, item_weight = np.bincount(users, weight), np.bincount(items, weight)
    return PairVariances(
        variance(users),
        variance(items),
        overlap,
        len(user_weight),
        len(item_weight),
        float(1.0 / (user_weight**2).sum()),
        float(1.0 / (item_weight**2).sum()),
    )


def multiway_difference(
    d: npt.ArrayLike,
    user: float,
    item: float,
    overlap: float,
    effective_users: float,
    effective_items: float,
    *,
    level: float = 0.95,
) -> MultiwayDifference:
    """Mean of `d` [R] with limits for new seeds, new users and new items at once.

    `d`: one paired difference a seed; the others are an entry of `PairVariances`. Variance
    V = V_seed + V_user + V_item + overlap (multiway clustering), V_seed = var(d) / R, and never
    below the largest of the three. Limits t[df] sqrt(V), Satterthwaite df over the three with
    R - 1 and the effective numbers of users and items less 1, never below the smallest of those.
    Never narrower than the t interval over seeds. Units: seeds, users and items, drawn
    independently; ratings that share none of them are independent. R = 1, one user or one item
    have no limits. Raises ValueError on empty or non-finite `d`.
    Source: Cameron, Gelbach & Miller 2011; Carter, Schnepel & Steigerwald 2017 on effective
    numbers; Owen 2007 on why no scheme of one resampling is exact here.
    """
    runs = finite(d, "R", "d")
    mean, sd = mean_sd(runs)
    if runs.size == 1:
        return _without(runs.size, ONE_SEED, mean)
    if min(effective_users, effective_items) < FEW:
        kind = "user" if effective_users < FEW else "item"
        return _without(runs.size, f"n/a: hardly more than one {kind}", mean)
    terms = (
        (sd**2 / runs.size, runs.size - 1.0),
        (max(user, 0.0), effective_users - 1.0),
        (max(item, 0.0), effective_items - 1.0),
    )
    error, df = _error(terms, overlap)
    tail, seeds, alone = (1.0 + level) / 2.0, runs.size - 1, sd / sqrt(runs.size)
    half = max(t_quantile(tail, df) * error, t_quantile(tail, seeds) * alone)
    p = max(_p(mean, error, df), _p(mean, alone, seeds))
    return MultiwayDifference(Interval(mean, mean - half, mean + half, runs.size), error, df, p)


def _error(terms: tuple[tuple[float, float], ...], overlap: float) -> tuple[float, float]:
    """Standard error and degrees of freedom from (variance, its degrees of freedom)."""
    largest = max(variance for variance, _ in terms)
    total = max(sum(variance for variance, _ in terms) + overlap, largest)
    least = min(df for _, df in terms)
    if largest == 0.0:
        return 0.0, least
    # in units of the largest, so that squares of small variances stay above 0
    spread = sum((variance / largest) ** 2 / df for variance, df in terms)
    return sqrt(total), max((total / largest) ** 2 / spread, least)


def _p(mean: float, error: float, df: float) -> float:
    if error == 0.0:
        return 1.0 if mean == 0.0 else 0.0
    return t_two_sided(mean / error, df)


def _without(n: int, reason: str, mean: float) -> MultiwayDifference:
    return MultiwayDifference(unavailable(n, reason, mean), None, None, None, reason)


def _codes(values: npt.ArrayLike, n: int) -> IntArray:
    """0, 1, 2, ... for the distinct values."""
    array = np.asarray(values)
    if array.shape != (n,):
        raise ValueError(f"every error needs its seed, user and item: {n} errors, {array.shape}")
    return np.unique(array, return_inverse=True)[1].astype(np.int64)


def _crossing(codes: tuple[IntArray, ...]) -> IntArray:
    """One integer for each combination that occurs."""
    joint = codes[0]
    for code in codes[1:]:
        joint = joint * (code.max() + 1) + code
    return joint


def _scores(errors: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted distances from each learner's mean [L, N], less what all learners share: it cancels
    in every difference, and would cost digits."""
    own = errors - errors.mean(axis=0)
    return np.asarray((own - (own @ weight)[:, None]) * weight)


def _clustered(scores: FloatArray, weight: FloatArray, cluster: IntArray) -> FloatArray:
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    sums = np.add.reduceat(scores[:, order], starts, axis=1)
    products = sums @ sums.T
    own = np.diag(products)
    variance = np.maximum(own[:, None] + own[None, :] - 2.0 * products, 0.0)
    return np.asarray(variance * _correction(np.add.reduceat(weight[order], starts)))


def _correction(weight: FloatArray) -> float:
    if weight.size == 1:
        return 1.0  # a single cluster has no variance
    squares = float((weight**2).sum())
    return 1.0 / (1.0 - 2.0 * float((weight**3).sum()) / squares + squares)
