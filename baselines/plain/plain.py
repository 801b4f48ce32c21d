"""`plain`: MeLU's network trained jointly on all training ratings, and no meta-learning.

`plain-finetune` is the same training, then SGD steps on the support at prediction time: the
ablation that isolates meta-learning, for it adapts as MeLU does, from weights that were never
trained to be adapted.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field

from baselines.decision_layers import gradient_norms, task_cells
from baselines.decision_layers_first_order import FirstOrderLayers
from baselines.inner_loop import InnerLoss, sgd_step
from baselines.joint_training import joint_epoch
from baselines.losses import Loss
from baselines.network import ContentNetwork
from baselines.neural_base import Neural
from baselines.neural_options import NeuralConfig
from coldbench import (
    Choice,
    Dimension,
    EpisodeBatch,
    LearnerConfig,
    Real,
    TrainingData,
    Variant,
    Whole,
)

__all__ = ["Plain", "PlainConfig", "plain_finetune"]


class PlainConfig(NeuralConfig):
    """Options of the network and the outer optimiser, and those of joint training."""

    batch_size: int = Field(1024, ge=1, description="ratings")
    tune_steps: int = Field(0, ge=0, description="SGD steps on the support, at prediction")
    tune_rate: float = Field(0.1, gt=0, description="learning rate of those steps")
    tune_loss: Loss = Field("absolute", description="validation: .804 against .822 (squared)")
    tune_shrink: float = Field(0.0, ge=0, description="as `inner_shrink` of MeLU")
    space: ClassVar[Mapping[str, Dimension]] = {
        **NeuralConfig.space,
        "batch_size": Choice((256, 512, 1024, 2048)),
    }


class Plain(Neural[ContentNetwork]):
    """MeLU's network trained jointly on all training ratings: no meta-learning."""

    Config: ClassVar[type[LearnerConfig]] = PlainConfig
    config: PlainConfig

    def build(self, rng: np.random.Generator) -> ContentNetwork:
        return ContentNetwork(self.domain, self.config, rng)

    def planned(self, data: TrainingData) -> int:
        return self.config.epochs * -(-len(data.value) // self.config.batch_size)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        c = self.config
        return joint_epoch(self.network, self.prepared(data), data, rng, c, c.batch_size)

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        c, network = self.config, self.predictor
        with torch.no_grad():
            cells = task_cells(network, batch)
        layers = FirstOrderLayers(network.decision, cells)
        inner = InnerLoss.of(network, batch, c.tune_loss, c.delta, c.tune_shrink)
        for _ in range(c.tune_steps):
            with torch.enable_grad():
                sgd_step(layers, layers.loss(inner), c.tune_rate)
        with torch.no_grad():
            rating: torch.Tensor = network.rating(layers(query=True))
        return rating

    def gradient_norms(self, batch: EpisodeBatch) -> torch.Tensor | None:
        if not self.config.tune_steps:
            return None
        return gradient_norms(self.predictor, batch)


plain_finetune = Variant(
    Plain,
    {"tune_steps": 10, "tune_rate": 0.05},
    "plain, then SGD steps on the user's support",
    {
        "tune_steps": Whole(1, 30, log=True),
        "tune_rate": Real(5e-3, 0.5, log=True),
        "tune_shrink": Real(0.0, 8.0),
    },
)
