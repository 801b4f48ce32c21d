"""What every per-task loop can do."""

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
import torch

from coldbench.learning import Episode, TrainingData
from coldbench.tasks import EpisodeBatch
from mamo.released import single, single_episode

__all__ = ["Loop", "episodes_of", "in_turn"]


class Loop(Protocol):
    """Trains an epoch and predicts a batch, one user after the other."""

    def train_epoch(self, data: TrainingData, epoch: int, rng: np.random.Generator) -> None:
        """As `Learner.train_epoch`."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        """As `Learner.predict`."""
        ...


def episodes_of(episode: Episode) -> Iterator[Episode]:
    """The tasks of a batch, each without padding."""
    return (single_episode(episode, task) for task in range(len(episode.batch)))


def in_turn(batch: EpisodeBatch, score: Callable[[EpisodeBatch], torch.Tensor]) -> torch.Tensor:
    """The scores [Q] of each task, padded to [B, Q]."""
    padded = torch.zeros(batch.query_mask.shape)
    for task in range(len(batch)):
        scores = score(single(batch, task)).detach()
        padded[task, : len(scores)] = scores
    return padded
