"""The shift from an expected rating to the least absolute error.

Ratings are skewed, so their median lies above their mean; least squares predicts the mean.
"""

from collections.abc import Callable

import numpy as np
import torch

from coldbench import EpisodeBatch, TrainingData

__all__ = ["median_residual"]


def median_residual(
    expected: Callable[[EpisodeBatch], torch.Tensor],
    data: TrainingData,
    rng: np.random.Generator,
    batch_size: int = 256,
) -> float:
    """Median of target - expected over the training users' own episodes, whose queries are held
    out of the supports; 0 when no user has two ratings."""
    residuals = [
        (episode.target - expected(episode.batch))[episode.batch.query_mask]
        for episode in data.episodes(rng, batch_size)
    ]
    return float(torch.cat(residuals).median()) if residuals else 0.0
