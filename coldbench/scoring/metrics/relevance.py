"""Where the first relevant item of each user stands, for metrics that look at the head of a list.

Relevant is a rating in the upper quarter of the scale: at least low + 3/4 (high - low), which is 4
and 5 of five stars, 8 to 10 of ten points. Items of equal score are in random order, so these are
probabilities, and a constant prediction earns what a random order earns. An episode without a
relevant item says nothing of an order: it is left out, as is usual.
"""

import numpy as np

from coldbench.data import Array, Scale

__all__ = ["first_relevant"]

SHARE = 0.75  # of the scale, below what is relevant
ROUNDING = 1e-6  # of the scale: ratings are stored in single precision


def first_relevant(value: Array, score: Array, episode: Array, scale: Scale, k: int) -> Array:
    """The probability that rank 1, ..., k holds the first relevant item, float64 [E, k], of the E
    episodes that have one."""
    low, high, _ = scale
    relevant = value >= low + (SHARE - ROUNDING) * (high - low)
    order = np.lexsort((-score, episode))
    relevant, score, episode = relevant[order], score[order], episode[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (episode[1:] != episode[:-1]) | (score[1:] != score[:-1])
    tie = np.cumsum(new) - 1
    size, hits = np.bincount(tie), np.bincount(tie, weights=relevant)
    start = np.flatnonzero(new)
    owner, groups = np.unique(episode[start][hits > 0], return_index=True)
    head = np.flatnonzero(hits > 0)[groups]  # each episode's first group with a relevant item
    before = start[head] - np.searchsorted(episode, owner)
    return _ranks(before, size[head], hits[head], k)


def _ranks(before: Array, size: Array, hits: Array, k: int) -> Array:
    """For groups of `size` items in random order, `hits` of them relevant, after `before` others
    that are not. All [E]."""
    chance = np.zeros((len(before), k))
    none_yet = np.ones(len(before))
    for place in range(k):
        left = np.maximum(size - place, 1)
        inside = (place < size) & (before + place < k)
        found = np.where(inside, none_yet * np.minimum(hits / left, 1), 0.0)
        episodes = np.flatnonzero(inside)
        chance[episodes, before[episodes] + place] = found[episodes]
        none_yet = none_yet - found
    return chance
