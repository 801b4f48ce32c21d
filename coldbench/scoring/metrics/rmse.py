"""Root mean squared error, pooled over ratings."""

import numpy as np

from coldbench.data import Array
from coldbench.scoring.metrics.metric import Metric

__all__ = ["rmse"]


def pooled(value: Array, score: Array, episode: Array) -> float:
    """square root of the mean over ratings of (score - value)^2."""
    return float(np.sqrt(np.square(score - value).mean()))


rmse = Metric("rmse", pooled, True, 0.0, None, "rating points", "root mean squared error")
