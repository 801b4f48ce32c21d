"""old-learner: the item's mean and the user's mean deviation from it, both shrunk.

Replace this text by one sentence about the idea and its source, and the code by yours.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from coldbench.episodes import EpisodeBatch
from coldbench.learner import Domain, Learner, LearnerConfig, TrainingData
from coldbench.space import Dimension, Real
from pydantic import Field


class OldLearnerConfig(LearnerConfig):
    """Options, with defaults; `space` is what `coldbench tune` may change."""

    shrink: float = Field(5.0, gt=0, description="ratings that pull a mean towards 0")
    space: ClassVar[Mapping[str, Dimension]] = {"shrink": Real(0.5, 50, log=True)}


class OldLearner(Learner):
    """The item's mean and the user's mean deviation from it, both shrunk."""

    Config = OldLearnerConfig
    contract = 1

    def __init__(self, config: OldLearnerConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        self.mean = (domain.scale.low + domain.scale.high) / 2
        self.item = torch.zeros(domain.catalogue.n_items)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        self.mean = float(data.value.mean(dtype=np.float64))
        n = len(self.item)
        total = np.bincount(data.item, data.value - self.mean, n)
        count = np.bincount(data.item, minlength=n)
        self.item = torch.from_numpy(total / (count + self.config.shrink)).float()
        return {}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        rest = batch.support_value - self.mean - self.item[batch.support_item]
        total = (rest * batch.support_mask).sum(1)  # padding must not count
        user = total / (batch.support_mask.sum(1) + self.config.shrink)
        return self.mean + self.item[batch.query_item] + user[:, None]
