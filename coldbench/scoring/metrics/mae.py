"""Mean absolute error, pooled: every query rating weighs the same."""

import numpy as np

from coldbench.data import Array
from coldbench.scoring.metrics.metric import Metric

__all__ = ["mae"]


def pooled(value: Array, score: Array, episode: Array) -> float:
    """mean over ratings of |score - value|."""
    return float(np.abs(score - value).mean())


mae = Metric("mae", pooled, True, 0.0, None, "rating points", "mean absolute error over ratings")
