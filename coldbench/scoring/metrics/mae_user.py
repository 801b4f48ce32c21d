"""Mean absolute error of each user, averaged over users: every user weighs the same."""

import numpy as np

from coldbench.data import Array
from coldbench.scoring.metrics.metric import Metric

__all__ = ["mae_user"]


def by_user(value: Array, score: Array, episode: Array) -> float:
    """mean over episodes of the mean over their ratings of |score - value|."""
    _, index, count = np.unique(episode, return_inverse=True, return_counts=True)
    return float((np.bincount(index, weights=np.abs(score - value)) / count).mean())


mae_user = Metric(
    "mae_user", by_user, True, 0.0, None, "rating points", "mean over users of their MAE"
)
