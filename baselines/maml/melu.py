"""MeLU: meta-learned starting weights, adapted to each user by SGD on the support.

    inner:  theta_b = theta - inner_rate * grad_theta sum_b mean_s loss(f(u_b, i_s), r_s)
    outer:  (phi, theta) by AdamW on  mean_b mean_q loss(f(u_b, i_q; phi, theta_b), r_q)

theta: the decision layers, adapted by learn2learn's `MAML.clone()` and `adapt()`, for all tasks
of a batch in one call, since their parameters carry a task axis and the inner loss is a sum over
tasks (`baselines.decision_layers`). phi: the embeddings, which learn in the outer loop only.
Lee, Im, Jang, Cho, Chung: MeLU, KDD 2019; Finn, Abbeel, Levine: MAML, ICML 2017.
"""

from collections.abc import Mapping
from typing import ClassVar

import torch
from pydantic import Field

from baselines.decision_layers import TaskLayers, gradient_norms, task_cells
from baselines.decision_layers_first_order import FirstOrderLayers
from baselines.inner_loop import Adaptable, InnerConfig, ThroughMAML
from baselines.network import ContentNetwork
from coldbench import Choice, Dimension, EpisodeBatch, LearnerConfig, Real, Variant

__all__ = ["MeLU", "MeLUConfig", "melu_layers", "melu_released"]


class MeLUConfig(InnerConfig):
    """Options of the network, the outer optimiser, the episodes and the inner loop.

    Chosen together by validation on ML-1M, eight seeds (ML-100K, twelve): 12 epochs of 128 tasks at
    .006 and 70 reach .7770 (.8246), 14 of 128 at .005 .7769 (.8235), 14 of 32 at .003 and 15, which
    take nearly twice the time, .777 (.8237); 12 at .005 .7777, 10 at .006 .7793.
    """

    epochs: int = Field(12, ge=1)
    patience: int = Field(12, ge=1, description="the curves are too noisy to stop early on")
    batch_size: int = Field(128, ge=1, description="tasks: Lee et al. 2019 have 32")
    rate: float = Field(6e-3, gt=0, description="learning rate of AdamW: fewer, larger steps")
    rare_decay: float = Field(70.0, ge=0, description="weight decay of the rare fields")
    space: ClassVar[Mapping[str, Dimension]] = {
        **InnerConfig.space,
        "batch_size": Choice((32, 64, 128, 256)),
        "rare_decay": Real(0.1, 200, log=True),
    }


class MeLU(ThroughMAML):
    """MeLU through learn2learn's MAML, batched over tasks."""

    Config: ClassVar[type[LearnerConfig]] = MeLUConfig
    config: MeLUConfig

    def layers(
        self, network: ContentNetwork, batch: EpisodeBatch, generator: torch.Generator | None
    ) -> Adaptable:
        return melu_layers(network, self.config, batch, generator)

    def gradient_norms(self, batch: EpisodeBatch) -> torch.Tensor:
        return gradient_norms(self.predictor, batch)


def melu_layers(
    network: ContentNetwork,
    c: InnerConfig,
    batch: EpisodeBatch,
    generator: torch.Generator | None,
) -> Adaptable:
    """The decision layers of each task, in the form that is cheapest to adapt."""
    cells = task_cells(network, batch, generator, c.first_order)
    first_order = c.first_order or not torch.is_grad_enabled()
    layers = FirstOrderLayers if first_order else TaskLayers
    return layers(network.decision, cells)


melu_released = Variant(
    MeLU,
    {
        "first_order": False,
        "inner_rate": 5e-6,
        "inner_steps": 1,
        "rate": 5e-5,
        "epochs": 20,
        "patience": 14,
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
