"""NDCG@k of each user's query items, averaged over users, with ties in the scores averaged.

DCG@k = sum over ranks r <= k of (2^value - 1) / log2(r + 1); NDCG@k = DCG@k / best DCG@k
(Jarvelin & Kekalainen 2002). Items of equal score share the mean of the discounts of their
ranks (McSherry & Najork 2008), so a constant prediction earns what a random order earns.
"""

from functools import partial

import numpy as np

from coldbench.data import Array
from coldbench.scoring.metrics.metric import Metric

__all__ = ["ndcg_1", "ndcg_3", "ndcg_5"]


def ndcg(value: Array, score: Array, episode: Array, k: int) -> float:
    """Mean NDCG@k over episodes; an episode of one query has NDCG 1."""
    _, episode = np.unique(episode, return_inverse=True)
    gain = np.exp2(value) - 1
    ideal = _dcg(gain, value, episode, k)
    return float((_dcg(gain, score, episode, k) / ideal).mean())


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
    return Metric(f"ndcg@{k}", partial(ndcg, k=k), False, 0.0, 1.0, "", summary, k)


ndcg_1, ndcg_3, ndcg_5 = _metric(1), _metric(3), _metric(5)
