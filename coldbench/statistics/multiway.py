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
    """How far the differences of two seeds agree, for all pairs (a, b) of L learners, each [L, L].

    user, item, both: covariance of two seeds' mean of a - b through the users, the items, and the
    single ratings that both predict. users, items: how many there are; effective_users,
    effective_items: 1 / sum of squared weights, as many as there would be if all weighed alike.
    """

    user: FloatArray
    item: FloatArray
    both: FloatArray
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
    """What `multiway_difference` needs of every single error.

    `errors` [L, N]: absolute errors of L learners on the same N predicted ratings; `seed`, `user`,
    `item` [N]: integers that say whose they are. The estimate is the mean over R seeds of each
    seed's mean, so rating i of seed s weighs w_i = 1 / (R n_s). With z_i = w_i (d_i - mean d) and
    V_c = sum over clusters of (sum of z)^2, the covariance through users is
    R / (R - 1) (V_user - V_seed.user) / (1 - 2 sum W^3 / sum W^2 + sum W^2), W the weight of a
    user: products of different seeds alone, and the correction for the estimated mean, exact for
    effects of independent users; through items and ratings alike. One seed gives 0.
    Raises ValueError on empty, non-finite or unequal arrays.
    """
    table = finite(errors, "LN", "errors")
    seeds, users, items = (_codes(x, table.shape[1]) for x in (seed, user, item))
    n = int(seeds.max()) + 1
    weight = finite(1.0 / (np.bincount(seeds)[seeds] * n), "N", "weight")
    scores = _scores(table, weight)

    def covariance(cluster: IntArray) -> FloatArray:
        across = _clustered(scores, cluster) - _clustered(scores, _crossing(seeds, cluster))
        shares = np.bincount(cluster, weight).astype(np.float64)
        return np.asarray(across * (n / max(n - 1, 1)) * _correction(shares))

    user_weight, item_weight = np.bincount(users, weight), np.bincount(items, weight)
    return PairVariances(
        covariance(users),
        covariance(items),
        covariance(np.unique(_crossing(users, items), return_inverse=True)[1]),
        len(user_weight),
        len(item_weight),
        float(1.0 / (user_weight**2).sum()),
        float(1.0 / (item_weight**2).sum()),
    )


def multiway_difference(
    d: npt.ArrayLike,
    user: float,
    item: float,
    both: float,
    effective_users: float,
    effective_items: float,
    *,
    level: float = 0.95,
) -> MultiwayDifference:
    """Mean of `d` [R] with limits for new seeds, new users and new items at once.

    `d`: one paired difference a seed; the others are an entry of `PairVariances`. The variance of
    a mean over seeds is var(d) / R plus the covariance of two seeds, V = var(d) / R + user + item
    - both: multiway clustering by seed, user and item, without the bias of its few seeds. What is
    below 0 counts as 0, and user + item - both never less than the larger of the two. Limits
    t[df] sqrt(V), Satterthwaite df over the three parts with R - 1 and the effective numbers of
    users and items less 1, never below the smallest of those; never narrower than the t interval
    over seeds. Units: seeds, users and items, drawn independently; ratings that share none of
    them are independent. R = 1, one user or one item have no limits. Raises ValueError on empty
    or non-finite `d`. Source: Cameron, Gelbach & Miller 2011; Carter, Schnepel & Steigerwald 2017
    on effective numbers; Owen 2007 on why no scheme of one resampling is exact here.
    """
    runs = finite(d, "R", "d")
    mean, sd = mean_sd(runs)
    if runs.size == 1:
        return _without(runs.size, ONE_SEED, mean)
    if min(effective_users, effective_items) < FEW:
        kind = "user" if effective_users < FEW else "item"
        return _without(runs.size, f"n/a: hardly more than one {kind}", mean)
    alone, seeds, tail = sd / sqrt(runs.size), runs.size - 1, (1.0 + level) / 2.0
    terms = (
        (alone**2, seeds),
        (max(user, 0.0), effective_users - 1.0),
        (max(item, 0.0), effective_items - 1.0),
    )
    error, df = _error(terms, max(both, 0.0))
    half = max(t_quantile(tail, df) * error, t_quantile(tail, seeds) * alone)
    p = max(_p(mean, error, df), _p(mean, alone, seeds))
    return MultiwayDifference(Interval(mean, mean - half, mean + half, runs.size), error, df, p)


def _error(terms: tuple[tuple[float, float], ...], both: float) -> tuple[float, float]:
    """Standard error and degrees of freedom from (variance, its degrees of freedom)."""
    (seed, _), (user, _), (item, _) = terms
    total = seed + max(user + item - both, user, item)
    least = min(df for _, df in terms)
    if total == 0.0:
        return 0.0, least
    # shares, so that squares of small variances stay above 0
    spread = sum((variance / total) ** 2 / df for variance, df in terms)
    return sqrt(total), max(1.0 / spread, least)


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


def _crossing(first: IntArray, second: IntArray) -> IntArray:
    """One integer for each combination."""
    return np.asarray(first * (second.max() + 1) + second)


def _scores(errors: FloatArray, weight: FloatArray) -> FloatArray:
    """Weighted distances from each learner's mean [N, L], less what all learners share: it cancels
    in every difference, and would cost digits."""
    own = (errors - errors.mean(axis=0)).T
    return np.ascontiguousarray((own - weight @ own) * weight[:, None])


def _clustered(scores: FloatArray, cluster: IntArray) -> FloatArray:
    """Sum over clusters of the squared sum of a - b, for all pairs [L, L]."""
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    sums = np.add.reduceat(scores[order], starts, axis=0)
    products = sums.T @ sums
    own = np.diag(products)
    return np.asarray(own[:, None] + own[None, :] - 2.0 * products)


def _correction(weight: FloatArray) -> float:
    if weight.size == 1:
        return 1.0  # a single cluster has no variance
    squares = float((weight**2).sum())
    return 1.0 / (1.0 - 2.0 * float((weight**3).sum()) / squares + squares)
