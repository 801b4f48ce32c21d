"""NDCG@k of each user's query items, averaged over users, with ties in the scores averaged.

DCG@k = sum over ranks r <= k of (2^grade - 1) / log2(r + 1); NDCG@k = DCG@k / best DCG@k
(Jarvelin & Kekalainen 2002). Items of equal score share the mean of the discounts of their
ranks (McSherry & Najork 2008), so a constant prediction earns what a random order earns.

The grade of a rating is its place on the scale, from 1 at the lowest value to 5 at the highest:
grade = 1 + 4 (value - low) / (high - low). Exponential gains are made for five grades (Burges et
al. 2005 have them from 1 to 5), and stars from 1 to 5 are these grades. Taken from the ratings
themselves, a gain of 2^value - 1 is 0 or negative where the scale holds 0 or less, so that an
episode may have no best DCG to divide by; it counts nothing but the best item on a scale to 100,
where each point doubles the gain, and overflows on one to 1,025. By place on the scale every gain
is from 1 to 31, all ratings equal give 1, and the same opinions in other units have the same NDCG.
"""

from functools import partial

import numpy as np

from coldbench.data import Array, Scale
from coldbench.scoring.metrics.metric import STARS, Metric

__all__ = ["ndcg_1", "ndcg_3", "ndcg_5"]

ROUNDING = 1e-6  # of the scale: ratings are stored in single precision


def ndcg(value: Array, score: Array, episode: Array, scale: Scale = STARS, *, k: int) -> float:
    """Mean NDCG@k over episodes, in [0, 1]; an episode of one query, or of equal ratings, has 1.

    Raises ValueError for ratings outside the scale.
    """
    _, episode = np.unique(episode, return_inverse=True)
    gain = np.exp2(_grade(value, scale)) - 1
    ratio = _dcg(gain, score, episode, k) / _dcg(gain, value, episode, k)
    return float(np.minimum(ratio, 1.0).mean())


def _grade(value: Array, scale: Scale) -> Array:
    low, high, _ = scale
    if high <= low:
        return np.ones(len(value))
    place = (value - low) / (high - low)
    outside = np.flatnonzero(np.abs(place - 0.5) > 0.5 + ROUNDING)
    if len(outside):
        raise ValueError(f"rating {value[outside[0]]:g} is outside the scale {low:g}..{high:g}")
    return 1 + 4 * np.clip(place, 0, 1)


def _dcg(gain: Array, score: Array, episode: Array, k: int) -> Array:
    """Expected DCG@k of each episode, float64 [episodes], over random orders of tied scores."""
    order = np.lexsort((-score, episode))
    gain, score, episode = gain[order], score[order], episode[order]
    start = np.searchsorted(episode, episode, side="left")
    rank = np.arange(len(gain)) - start
    discount = np.where(rank < k, 1 / np.log2(rank + 2), 0.0)
    new = np.ones(len(gain), dtype=bool)
    new[1:] = (episode[1:] != episode[:-1]) | (score[1:] != score[:-1])
    tie = np.cumsum(new) - 1
    shared = np.bincount(tie, weights=discount) / np.bincount(tie)
    return np.bincount(episode, weights=gain * shared[tie])


def _metric(k: int) -> Metric:
    summary = f"quality of the order of a user's first {k} query items, mean over users"
    return Metric(
        f"ndcg@{k}", partial(ndcg, k=k), False, 0.0, 1.0, "", summary, k, scaled=True, version=2
    )


ndcg_1, ndcg_3, ndcg_5 = _metric(1), _metric(3), _metric(5)
