"""MeLU as learn2learn has it: clone the module, adapt the clone, one user after the other."""

import numpy as np
import torch
from torch import nn

from baselines.learn2learn_maml import load_maml
from baselines.losses import pointwise
from baselines.maml.melu import MeLU
from baselines.network import ContentNetwork, Decision
from benchmarks.loops.loop import episodes_of, in_turn
from coldbench.learning import Episode, Learner, TrainingData
from coldbench.rng import torch_generator
from coldbench.tasks import EpisodeBatch

__all__ = ["Layers", "MeLULoop"]


class Layers(nn.Module):
    """The decision layers, with the learner's own parameters, on rows [e_u, e_i]."""

    def __init__(self, decision: Decision) -> None:
        super().__init__()
        self.decision = decision

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """[n, D] -> [n]."""
        hidden = inputs
        for layer in range(self.decision.depth):
            hidden = hidden.relu() if layer else hidden
            weight, bias = (getattr(self.decision, f"{n}{layer}") for n in ("weight", "bias"))
            hidden = torch.addmm(bias, hidden, weight)
        return hidden[:, 0]


class MeLULoop:
    """One MAML clone a task, one outer step a batch."""

    def __init__(self, learner: Learner) -> None:
        assert isinstance(learner, MeLU)
        self.learner = learner

    def train_epoch(self, data: TrainingData, epoch: int, rng: np.random.Generator) -> None:
        """As the learner's."""
        made, c = self.learner, self.learner.config
        optimiser, generator = made.prepared(data), torch_generator(rng)
        for episode in data.episodes(rng, c.batch_size, c.query_share, c.max_query):
            losses = [self._loss(one, generator) for one in episodes_of(episode)]
            optimiser.step(torch.stack(losses).mean())

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        """As the learner's."""
        network = self.learner.predictor
        return in_turn(
            batch, lambda one: network.rating(self._output(network, one, None, first_order=True))
        )

    def _loss(self, one: Episode, generator: torch.Generator) -> torch.Tensor:
        network, c = self.learner.network, self.learner.config
        output = self._output(network, one.batch, generator, c.first_order)
        return pointwise(c.loss, output - network.normal(one.target[0]), c.delta).mean()

    def _output(
        self,
        network: ContentNetwork,
        batch: EpisodeBatch,
        generator: torch.Generator | None,
        first_order: bool,
    ) -> torch.Tensor:
        c = self.learner.config
        user = network.user(batch.user, generator)

        def inputs(items: torch.Tensor) -> torch.Tensor:
            return torch.cat([user.expand(len(items), -1), network.item(items, generator)], 1)

        maml = load_maml()(Layers(network.decision), c.inner_rate, first_order).clone()
        if batch.support_mask.any():
            known = inputs(batch.support_item[0])
            truth = network.normal(batch.support_value[0])
            for _ in range(c.inner_steps):
                maml.adapt(pointwise(c.inner_loss, maml(known) - truth, c.delta).mean())
        output: torch.Tensor = maml(inputs(batch.query_item[0]))
        return output
