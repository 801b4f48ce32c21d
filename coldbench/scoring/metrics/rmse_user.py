"""Root mean squared error of each user, averaged over users: every user weighs the same."""

import numpy as np

from coldbench.data import Array
from coldbench.scoring.metrics.metric import Metric

__all__ = ["rmse_user"]


def by_user(value: Array, score: Array, episode: Array) -> float:
    """mean over episodes of the root of the mean over their ratings of (score - value)^2."""
    _, index, count = np.unique(episode, return_inverse=True, return_counts=True)
    squares = np.bincount(index, weights=np.square(score - value))
    return float(np.sqrt(squares / count).mean())


rmse_user = Metric(
    "rmse_user", by_user, True, 0.0, None, "rating points", "mean over users of their RMSE"
)
