"""The frame of all learners that train on episodes: the outer loop, its loss, and prediction.

With `item_id` what they learn of a rating, and read of a support, is what its item's offset leaves
over (`coldbench.IdentityEmbedding`). Users have no ids here: who a user is, the support says, and
the id of a training user would let a network do without reading it.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar, Generic, TypeVar

import numpy as np
import torch
from pydantic import Field

from baselines.losses import task_losses
from baselines.network import Content
from baselines.neural_base import Neural
from baselines.neural_options import NeuralConfig
from baselines.outer_optimiser import Optimiser
from coldbench import (
    Choice,
    Dimension,
    Episode,
    EpisodeBatch,
    IdentityEmbedding,
    Real,
    TrainingData,
    hiding,
    torch_generator,
)

__all__ = ["Episodic", "EpisodicConfig", "episodic_epoch", "episodic_steps"]

N = TypeVar("N", bound=Content)


class EpisodicConfig(NeuralConfig):
    """Options of the network and the outer optimiser, and those of the training episodes."""

    batch_size: int = Field(32, ge=1, description="tasks: Lee et al. 2019")
    query_share: float = Field(
        0.5, gt=0, lt=1, description="share of a user's ratings that are queries"
    )
    max_query: int = Field(40, ge=1)
    # left out of the record when off, so that jobs from before it existed keep their hashes
    random_support: bool = Field(
        False,
        exclude_if=lambda value: not value,
        description="train on a random number of a task's support ratings, 1 to all",
    )
    space: ClassVar[Mapping[str, Dimension]] = {
        **NeuralConfig.space,
        "batch_size": Choice((16, 32, 64)),
        **NeuralConfig.id_space,
        "query_share": Real(0.2, 0.8),
        "random_support": Choice((False, True)),
    }


class Episodic(Neural[N], Generic[N]):
    """Each step: the output for the queries of B users, given their supports, and its loss.

    A learner of this kind is a network (`build`) and what it makes of a batch (`output`).
    """

    config: EpisodicConfig

    @abstractmethod
    def output(
        self, network: N, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """For each query, in units of `network.normal`: [B, Q]; a generator turns dropout on."""

    def losses(self, episode: Episode, generator: torch.Generator | None = None) -> torch.Tensor:
        """The outer loss of each task, [B]: mean loss of its queries."""
        output = self.output(self.network, episode.batch, generator)
        error = output - self.network.normal(episode.target.to(output.dtype))
        return task_losses(self.config.loss, error, self.config.delta, episode.batch.query_mask)

    def planned(self, data: TrainingData) -> int:
        return episodic_steps(self.config, data)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        losses = self._residual_losses if self.config.item_id else self.losses
        return episodic_epoch(self.prepared(data), data, rng, self.config, losses)

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        network = self.predictor
        with torch.no_grad():
            rating = network.rating(self.output(network, network.centred(batch)))
            if not self.config.item_id:
                return rating
            return rating + network.offsets(batch.user, batch.query_item)

    def _residual_losses(self, episode: Episode, generator: torch.Generator) -> torch.Tensor:
        """`losses` of ratings less the offsets of their items, whose ids some tasks hide."""
        items, share = self.network.item, self.config.item_id_dropout
        assert isinstance(items, IdentityEmbedding)
        return self.losses(self.residual(hiding(items, episode, share, generator)), generator)

    def residual(self, episode: Episode) -> Episode:
        """The ratings less the offsets of their items, which learn from the queries alone."""
        batch = episode.batch
        target = episode.target - self.network.offsets(batch.user, batch.query_item)
        return Episode(self.network.centred(batch), target)


def episodic_steps(c: EpisodicConfig, data: TrainingData) -> int:
    """Steps in all configured epochs, one a batch of users with two ratings or more."""
    tasks = int((data.lists.lengths >= 2).sum())
    return c.epochs * -(-tasks // c.batch_size)


def episodic_epoch(
    optimiser: Optimiser[N],
    data: TrainingData,
    rng: np.random.Generator,
    c: EpisodicConfig,
    losses: Callable[[Episode, torch.Generator], torch.Tensor],
) -> Mapping[str, float]:
    """One pass over the training users; `losses` of an episode are those of its tasks, [B].

    Returns the mean loss.
    """
    generator = torch_generator(rng)
    total, tasks = torch.zeros((), device=data.device), 0
    how = {"random_support": c.random_support}
    for episode in data.episodes(rng, c.batch_size, c.query_share, c.max_query, **how):
        of_tasks = losses(episode, generator)
        optimiser.step(of_tasks.mean())
        total += of_tasks.detach().sum()
        tasks += len(of_tasks)
    return {"loss": float(total) / max(tasks, 1)}
