"""Joint training one user after the other: gradients add up until a batch of ratings is seen."""

import numpy as np
import torch

from baselines.losses import pointwise
from baselines.plain.plain import Plain
from benchmarks.loops.loop import in_turn
from coldbench.learning import Learner, TrainingData
from coldbench.rng import torch_generator
from coldbench.tasks import EpisodeBatch

__all__ = ["PlainLoop"]


class PlainLoop:
    """One forward pass a user, and as many outer steps as the learner takes."""

    def __init__(self, learner: Learner) -> None:
        assert isinstance(learner, Plain)
        self.learner = learner

    def train_epoch(self, data: TrainingData, epoch: int, rng: np.random.Generator) -> None:
        """As the learner's, but a batch is of whole users."""
        optimiser, generator = self.learner.prepared(data), torch_generator(rng)
        losses: list[torch.Tensor] = []
        seen = 0
        for task in rng.permutation(len(data.task_user)):
            rows = data.lists.rows[data.lists.ptr[task] : data.lists.ptr[task + 1]]
            losses.append(self._loss(data, int(task), rows, generator))
            seen += len(rows)
            if seen >= self.learner.config.batch_size:
                optimiser.step(torch.stack(losses).sum() / seen)
                losses, seen = [], 0
        if losses:
            optimiser.step(torch.stack(losses).sum() / seen)

    def _loss(
        self, data: TrainingData, task: int, rows: np.ndarray, generator: torch.Generator
    ) -> torch.Tensor:
        """Summed over the ratings of one user."""
        network, c = self.learner.network, self.learner.config
        user = torch.full((len(rows),), int(data.task_user[task]))
        predicted = network(user, torch.from_numpy(data.item[rows]), generator)
        error = predicted - network.normal(torch.from_numpy(data.value[rows]))
        return pointwise(c.loss, error, c.delta).sum()

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        """As the learner's, without fine-tuning."""
        network = self.learner.predictor

        def score(one: EpisodeBatch) -> torch.Tensor:
            items = one.query_item[0]
            return network.rating(network(one.user.expand(len(items)), items))

        with torch.no_grad():
            return in_turn(batch, score)
