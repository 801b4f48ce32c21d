"""The frame of all learners that train on episodes: outer loss, outer optimiser, prediction."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Generic, TypeVar

import numpy as np
import torch
from pydantic import Field

from baselines.losses import pointwise, task_weights
from baselines.network import Content
from baselines.neural_options import NeuralConfig
from baselines.outer_optimiser import Optimiser
from coldbench import (
    Choice,
    Dimension,
    Domain,
    Episode,
    EpisodeBatch,
    Learner,
    TrainingData,
    torch_generator,
)

__all__ = ["Episodic", "EpisodicConfig"]

N = TypeVar("N", bound=Content)


class EpisodicConfig(NeuralConfig):
    """Options of the network and the outer optimiser, and those of the training episodes."""

    batch_size: int = Field(32, ge=1, description="tasks: Lee et al. 2019")
    query_share: float = Field(0.5, gt=0, lt=1, description="of a training user's ratings")
    max_query: int = Field(40, ge=1)
    space: ClassVar[Mapping[str, Dimension]] = {
        **NeuralConfig.space,
        "batch_size": Choice((16, 32, 64)),
    }


class Episodic(Learner, Generic[N]):
    """Each step: the output for the queries of B users, given their supports, and its loss.

    A learner of this kind is a network (`build`) and what it makes of a batch (`output`).
    """

    config: EpisodicConfig

    def __init__(self, config: EpisodicConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        self.network: N = self.build(rng).to(domain.device)
        self.optimiser: Optimiser[N] | None = None

    @abstractmethod
    def build(self, rng: np.random.Generator) -> N:
        """The network, with initial weights from `rng`."""

    @abstractmethod
    def output(
        self, network: N, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """For each query, in units of `network.normal`: [B, Q]; a generator turns dropout on."""

    def losses(self, episode: Episode, generator: torch.Generator | None = None) -> torch.Tensor:
        """The outer loss of each task, [B]: mean loss of its queries."""
        output = self.output(self.network, episode.batch, generator)
        error = output - self.network.normal(episode.target.to(output.dtype))
        weight = task_weights(episode.batch.query_mask, error.dtype)
        return (pointwise(self.config.loss, error, self.config.delta) * weight).sum(1)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        c = self.config
        optimiser, generator = self.prepared(data), torch_generator(rng)
        total, tasks = torch.zeros((), device=data.device), 0
        for episode in data.episodes(rng, c.batch_size, c.query_share, c.max_query):
            losses = self.losses(episode, generator)
            optimiser.step(losses.mean())
            total += losses.detach().sum()
            tasks += len(losses)
        return {"loss": float(total) / max(tasks, 1)}

    def prepared(self, data: TrainingData) -> Optimiser[N]:
        """The outer optimiser; before the first epoch the network takes note of the data."""
        if self.optimiser is None:
            self.network.observe(data)
            self.optimiser = Optimiser(self.network, self.config, self.planned(data))
        return self.optimiser

    def planned(self, data: TrainingData) -> int:
        """Steps of the outer optimiser in all configured epochs."""
        tasks = int((data.lists.lengths >= 2).sum())
        return self.config.epochs * -(-tasks // self.config.batch_size)

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        network = self.optimiser.averaged if self.optimiser else self.network
        with torch.no_grad():
            return network.rating(self.output(network, batch))
