"""Orders in which a new user is asked: by a score of the items, or at random.

    evidence:  informativeness / max * popularity / max     (Lee et al. 2019, 3.3)
    popular:   number of training ratings
    divisive:  variance of the training ratings * popularity
    random:    any order

A user can answer only for items that he or she has rated, so a strategy orders the user's support
pool: the ratings of its first N items are revealed. The query ratings stay the same.
"""

from collections.abc import Mapping

import numpy as np

from coldbench.data import Array, Ragged, Ratings
from coldbench.tasks import Split, Tasks

__all__ = ["STRATEGIES", "asked", "item_scores"]

STRATEGIES = ("evidence", "popular", "divisive", "random")


def item_scores(informativeness: Array, ratings: Ratings, split: Split) -> Mapping[str, Array]:
    """The score of every item, float64 [I], for each of STRATEGIES but `random`."""
    rows, n = split.train.rows, ratings.catalogue.n_items
    item, value = ratings.item[rows], ratings.value[rows].astype(np.float64)
    popularity = np.bincount(item, minlength=n).astype(np.float64)
    count = np.maximum(popularity, 1)
    mean = np.bincount(item, value, n) / count
    variance = np.bincount(item, (value - mean[item]) ** 2, n) / count
    return {
        "evidence": _share(informativeness) * _share(popularity),
        "popular": popularity,
        "divisive": variance * popularity,
    }


def _share(values: Array) -> Array:
    largest = values.max(initial=0.0)
    return values / largest if largest > 0 else values


def asked(tasks: Tasks, score: Array | None, ratings: Ratings, count: int) -> Tasks:
    """The tasks with the `count` support ratings of highest score; ties keep their order.

    A protocol's support is in random order, so None, which keeps it, is the random strategy.
    """
    support = tasks.support
    if score is not None:
        key = (support.position, -score[ratings.item[support.rows]], support.owner)
        support = Ragged(support.rows[np.lexsort(key)], support.ptr)
    return Tasks(tasks.user, support, tasks.query, tasks.scenario).shots(count)
