"""A stranger's learners: one takes its time, one dies once, and several are wrong."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from coldbench.data.ratings import Array
from coldbench.errors import Declined
from coldbench.learning.learner import Learner, LearnerConfig, TrainingData
from coldbench.scoring.metrics.metric import Metric
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


class Dying(Sleeper):
    """Kills its process every time."""

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        os._exit(9)


class Choosy(Sleeper):
    """Declines every data set."""

    def __init__(self, config: SleeperConfig, domain: object, rng: np.random.Generator) -> None:
        raise Declined("needs the phase of the moon")


class WrongSignature(Sleeper):
    def __init__(self) -> None:
        raise AssertionError("never reached")


class WrongVerb(Sleeper):
    def train_epoch(self) -> None:  # type: ignore[override]
        raise AssertionError("never reached")


NOT_A_LEARNER = 3


def _sometimes(value: Array, score: Array, episode: Array) -> float:
    """NaN for the users of about every other seed and scenario."""
    return float("nan") if np.unique(episode).sum() % 2 else 1.0


def _raises(value: Array, score: Array, episode: Array) -> float:
    raise RuntimeError("boom")


def _text(value: Array, score: Array, episode: Array) -> str:
    return "0.7"


SOMETIMES = Metric("sometimes", _sometimes, True, 0.0, None, "", "NaN for some users")
RAISES = Metric("raises", _raises, True, 0.0, None, "", "raises")
TEXT = Metric("text", _text, True, 0.0, None, "", "text")  # type: ignore[arg-type]
