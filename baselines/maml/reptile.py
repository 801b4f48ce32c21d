"""Reptile: the starting weights move to where SGD on each task has led.

    inner:  k steps of SGD on minibatches of one user's ratings: theta -> theta_b
    outer:  theta by AdamW on the gradient  mean_b (theta - theta_b) / inner_rate

Nichol, Achiam, Schulman: On First-Order Meta-Learning Algorithms, 2018, algorithm 2 (batched);
to treat the difference as a gradient for an adaptive optimiser is theirs (section 3). Nothing is
held out: the minibatches are of all ratings of a training user, and that they differ from step
to step is what makes k > 1 more than joint training (section 5.1). All parameters take part,
for what does not move in the inner loop does not learn in the outer one.

theta - theta_b is rate times the sum of the gradients met on the way, so the outer gradient is
that of the sum of the k minibatch losses, each at the weights of its step with the steps before
held constant: no second network is kept, and the gradient of a step serves the outer one too
(`minibatch_losses`). learn2learn has no Reptile; the steps are ours.

Departures: SGD instead of Adam in the inner loop, so that it stays one batched operation on all
tasks' embeddings (`adapted_cells`) and predicts by what it has trained; every training user has
as many minibatches as steps, of a size that follows from the number of ratings; the outer AdamW
has a falling rate and averaged weights, and losses are absolute, as for every neural learner here;
with `item_id` offsets of items learn in the outer loop alone, from all ratings.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field

from baselines.episodic_base import Episodic, EpisodicConfig
from baselines.inner_loop import InnerLoss
from baselines.losses import Loss, task_weights
from baselines.maml.adapted_cells import AdaptedCells, DrawnIds
from baselines.maml.minibatch_losses import minibatch_losses
from baselines.maml.whole_first_order import whole_layers
from baselines.network import ContentNetwork
from baselines.neural_options import NeuralConfig
from coldbench import Dimension, Episode, EpisodeBatch, LearnerConfig, Real, Whole, to_device

__all__ = ["Reptile", "ReptileConfig", "all_ratings", "minibatches"]


class ReptileConfig(EpisodicConfig):
    """Options of the network, the outer optimiser and the episodes, and those of the inner loop.

    `query_share` has no effect: support and query are joined again. `random_support`, which would
    only leave ratings out, is not tuned.
    """

    max_query: int = Field(200, ge=1, description="no rating is left out")
    inner_steps: int = Field(3, ge=1, description="in training, each on another minibatch")
    inner_rate: float = Field(0.1, gt=0, description="learning rate of SGD")
    inner_loss: Loss = Field("absolute", description="as `melu`")
    tune_steps: int = Field(5, ge=0, description="at prediction, each on the whole support")
    # left out of the record when off, so that jobs from before it existed keep their hashes
    tune_shrink: float = Field(
        0.0,
        ge=0,
        exclude_if=lambda value: not value,
        description="of these steps, as `inner_shrink` of MeLU",
    )
    space: ClassVar[Mapping[str, Dimension]] = {
        **{name: EpisodicConfig.space[name] for name in (*NeuralConfig.space, "batch_size")},
        **NeuralConfig.id_space,
        "inner_steps": Whole(1, 10),
        "inner_rate": Real(0.01, 0.5, log=True),
        "tune_steps": Whole(1, 30, log=True),
        "tune_shrink": Real(0.0, 40.0),
    }


class Reptile(Episodic[ContentNetwork]):
    """Starting weights that move towards each user's own: no query set, no second derivatives."""

    Config: ClassVar[type[LearnerConfig]] = ReptileConfig
    config: ReptileConfig

    def build(self, rng: np.random.Generator) -> ContentNetwork:
        return ContentNetwork(self.domain, self.config, rng)

    def losses(self, episode: Episode, generator: torch.Generator | None = None) -> torch.Tensor:
        """The mean over inner steps of each task's minibatch loss, [B]; its gradient is that of
        Reptile, (theta - theta_b) / (k * inner_rate), in the mean over tasks."""
        c, batch, network = self.config, all_ratings(episode), self.network
        ids = DrawnIds.of(network, batch, generator)
        parts = minibatches(batch.support_mask, c.inner_steps, generator)
        order = torch.cat(parts, 1)
        cells = AdaptedCells(network, ids, batch.distinct[1].gather(1, order), order.shape[1])
        value = network.normal(batch.support_value.to(cells.weight.dtype))
        losses = [
            InnerLoss(value.gather(1, part), weights, c.inner_loss, c.delta)
            for part in parts
            for weights in [task_weights(batch.support_mask.gather(1, part), value.dtype)]
        ]
        return minibatch_losses(network.decision, cells, losses, c.inner_rate)

    def residual(self, episode: Episode) -> Episode:
        """Supports are targets here as queries are, so that offsets learn from both."""
        network, batch = self.network, episode.batch
        of_support, of_query = (
            network.offsets(batch.user, item) for item in (batch.support_item, batch.query_item)
        )
        value = batch.support_value - of_support * batch.support_mask
        support = replace(batch, support_value=value).knowing(batch.distinct)
        return Episode(support, episode.target - of_query)

    def output(
        self,
        network: ContentNetwork,
        batch: EpisodeBatch,
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        c = self.config
        layers = whole_layers(network, batch, generator)
        inner = InnerLoss.of(network, batch, c.inner_loss, c.delta, c.tune_shrink)
        for _ in range(c.tune_steps):
            layers.descend(inner, c.inner_rate)
        output: torch.Tensor = layers(query=True)
        return output


def all_ratings(episode: Episode) -> EpisodeBatch:
    """The episode with its queries moved into the support: n = S + Q cells; no query is left."""
    b = episode.batch
    return EpisodeBatch(
        b.user,
        torch.cat([b.support_item, b.query_item], 1),
        torch.cat([b.support_value, episode.target], 1),
        torch.cat([b.support_mask, b.query_mask], 1),
        b.query_item[:, :0],
        b.query_mask[:, :0],
    ).knowing(b.distinct)


def minibatches(
    mask: torch.Tensor, count: int, generator: torch.Generator | None = None
) -> list[torch.Tensor]:
    """A random partition of each task's cells into `count` parts of like size, padding last: the
    cells of each part, int64 [B, about n / count].

    Without a generator cells are dealt out in their own order.
    """
    draw = torch.arange(mask.shape[1]).expand(mask.shape) / mask.shape[1]
    if generator is not None:
        draw = torch.rand(mask.shape, generator=generator)
    order = torch.where(mask, to_device(draw, mask.device), 2.0).argsort(dim=1)
    return [order[:, part::count] for part in range(count)]
