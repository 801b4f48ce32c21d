"""MeLU: meta-learned starting weights, adapted to each user by SGD on the support.

    inner:  theta_b = theta - inner_rate * grad_theta sum_b mean_s loss(f(u_b, i_s), r_s)
    outer:  (phi, theta) by AdamW on  mean_b mean_q loss(f(u_b, i_q; phi, theta_b), r_q)

theta: the decision layers, adapted by learn2learn's `MAML.clone()` and `adapt()`, for all tasks
of a batch in one call, since their parameters carry a task axis and the inner loss is a sum over
tasks (`baselines.tasks`). phi: the embeddings, which learn in the outer loop only.
Lee, Im, Jang, Cho, Chung: MeLU, KDD 2019; Finn, Abbeel, Levine: MAML, ICML 2017.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field

from baselines.learn2learn_maml import load_maml
from baselines.losses import Loss, pointwise, task_weights
from baselines.network import ContentNetwork
from baselines.neural import NeuralConfig
from baselines.optimiser import Optimiser
from baselines.tasks import Cells, TaskLayers, gradient_norms, task_cells
from coldbench.episodes import EpisodeBatch
from coldbench.learner import Domain, Learner, LearnerConfig, TrainingData, Variant
from coldbench.rng import torch_generator
from coldbench.space import Choice, Dimension, Real, Whole

__all__ = ["MeLU", "MeLUConfig", "adapted", "melu_released", "query_losses"]


class MeLUConfig(NeuralConfig):
    """Options of the network and the outer optimiser, and those of the inner loop."""

    first_order: bool = Field(
        True, description="drop second derivatives; validation: as good, and a third cheaper"
    )
    inner_steps: int = Field(5, ge=0)
    inner_rate: float = Field(0.15, gt=0, description="published: 5e-6, which adapts nothing")
    inner_loss: Loss = Field("absolute", description="validation: .792 against .807 (squared)")
    inner_shrink: float = Field(
        0.0, ge=0, description="ratings without loss in the inner mean: short supports move less"
    )
    batch_size: int = Field(32, ge=1, description="tasks: Lee et al. 2019")
    query_share: float = Field(0.5, gt=0, lt=1, description="of a training user's ratings")
    max_query: int = Field(40, ge=1)
    space: ClassVar[Mapping[str, Dimension]] = {
        **NeuralConfig.space,
        "inner_steps": Whole(1, 10),
        "inner_rate": Real(0.01, 0.5, log=True),
        "batch_size": Choice((16, 32, 64)),
    }


class MeLU(Learner):
    """MeLU through learn2learn's MAML, batched over tasks."""

    Config: ClassVar[type[LearnerConfig]] = MeLUConfig
    config: MeLUConfig

    def __init__(self, config: MeLUConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        load_maml()
        self.network = ContentNetwork(domain, config, rng)
        self.optimiser: Optimiser | None = None

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        c = self.config
        if self.optimiser is None:
            self.network.observe(data)
            planned = c.epochs * -(-int((data.lists.lengths >= 2).sum()) // c.batch_size)
            self.optimiser = Optimiser(self.network, c, planned)
        generator = torch_generator(rng)
        total, tasks = torch.zeros((), device=data.device), 0
        for episode in data.episodes(rng, c.batch_size, c.query_share, c.max_query):
            losses = query_losses(self.network, c, episode.batch, episode.target, generator)
            self.optimiser.step(losses.mean())
            total += losses.detach().sum()
            tasks += len(losses)
        return {"loss": float(total) / max(tasks, 1)}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        network = self.optimiser.averaged if self.optimiser else self.network
        with torch.no_grad():
            cells = task_cells(network, batch, first_order=True)
        with torch.enable_grad():
            output = adapted(network, self.config, cells, batch, first_order=True)
        return network.rating(output.detach())

    def gradient_norms(self, batch: EpisodeBatch) -> torch.Tensor:
        return gradient_norms(self.optimiser.averaged if self.optimiser else self.network, batch)


def adapted(
    network: ContentNetwork,
    c: MeLUConfig,
    cells: Cells,
    batch: EpisodeBatch,
    first_order: bool,
) -> torch.Tensor:
    """The network's output for the queries after the inner loop on the support, [B, Q].

    The MAML object lives for one batch, so that a learner can be pickled.
    """
    learner = load_maml()(TaskLayers(network.decision, cells), c.inner_rate, first_order).clone()
    value = network.normal(batch.support_value.to(cells.support.dtype))
    weight = task_weights(batch.support_mask, value.dtype, c.inner_shrink)
    for _ in range(c.inner_steps):
        learner.adapt((pointwise(c.inner_loss, learner() - value, c.delta) * weight).sum())
        learner.module.fold()
    output: torch.Tensor = learner(query=True)
    return output


def query_losses(
    network: ContentNetwork,
    c: MeLUConfig,
    batch: EpisodeBatch,
    target: torch.Tensor,
    generator: torch.Generator | None = None,
) -> torch.Tensor:
    """The outer loss of each task, [B]: mean loss of its queries after adaptation.

    A generator turns dropout on.
    """
    cells = task_cells(network, batch, generator, c.first_order)
    output = adapted(network, c, cells, batch, c.first_order)
    error = output - network.normal(target.to(output.dtype))
    weight = task_weights(batch.query_mask, error.dtype)
    return (pointwise(c.loss, error, c.delta) * weight).sum(1)


melu_released = Variant(
    MeLU,
    {
        "first_order": False,
        "inner_rate": 5e-6,
        "inner_steps": 1,
        "rate": 5e-5,
        "epochs": 20,
        "batch_size": 32,
        "loss": "squared",
        "weight_decay": 0.0,
        "decay": False,
        "average": 0.0,
        "inner_loss": "squared",
        "rare_decay": 0.0,
        "user_dropout": 0.0,
        "item_dropout": 0.0,
    },
    "MeLU with the published rates, which hardly adapt",
)
