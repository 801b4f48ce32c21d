"""A stranger's learners: one takes its time, one dies once, and several are wrong."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from coldbench.learning.learner import Learner, LearnerConfig, TrainingData
from coldbench.tasks.episodes import EpisodeBatch


class SleeperConfig(LearnerConfig):
    seconds: float = 0.5


class Sleeper(Learner):
    """Sleeps, then predicts a number of its own for each item."""

    Config = SleeperConfig

    def __init__(self, config: SleeperConfig, domain: object, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)  # type: ignore[arg-type]
        drawn = rng.normal(3.5, 0.5, self.domain.catalogue.n_items)
        self.items = torch.from_numpy(drawn.astype(np.float32))

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        time.sleep(self.config.seconds)
        return {}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return self.items[batch.query_item]


class MortalConfig(LearnerConfig):
    grave: str = ""


class Mortal(Sleeper):
    """Kills its process the first time; the file `grave` remembers that."""

    Config = MortalConfig  # type: ignore[assignment]

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        grave = Path(self.config.grave)  # type: ignore[attr-defined]
        if not grave.exists():
            grave.touch()
            os._exit(9)
        return {}


class WrongSignature(Sleeper):
    def __init__(self) -> None:
        raise AssertionError("never reached")


class WrongVerb(Sleeper):
    def train_epoch(self) -> None:  # type: ignore[override]
        raise AssertionError("never reached")


NOT_A_LEARNER = 3
