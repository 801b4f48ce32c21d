"""The frame of networks that are trained on all ratings jointly, and may step on a support."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Generic, TypeVar

import numpy as np
import torch
from pydantic import Field

from baselines.decision_layers import gradient_norms, task_cells
from baselines.decision_layers_first_order import FirstOrderLayers
from baselines.inner_loop import InnerLoss
from baselines.joint_training import joint_epoch
from baselines.losses import Loss
from baselines.network import ContentNetwork
from baselines.neural_base import Neural
from baselines.neural_options import NeuralConfig
from coldbench import Choice, Dimension, EpisodeBatch, Real, TrainingData

__all__ = ["JointConfig", "JointlyTrained"]


class JointConfig(NeuralConfig):
    """Options of the network and the outer optimiser, and those of joint training."""

    batch_size: int = Field(1024, ge=1, description="ratings")
    tune_steps: int = Field(0, ge=0, description="SGD steps on the support, at prediction")
    tune_rate: float = Field(0.1, gt=0, description="learning rate of those steps")
    tune_loss: Loss = Field("absolute", description="validation: .804 against .822 (squared)")
    tune_shrink: float = Field(0.0, ge=0, description="as `inner_shrink` of MeLU")
    user_id: bool = Field(False, description="know training users by their ids, as `item_id`")
    user_id_dropout: float = Field(0.3, ge=0, lt=1, description="share of ratings that hide it")
    own_space: ClassVar[Mapping[str, Dimension]] = {
        **{k: v for k, v in NeuralConfig.space.items() if k not in NeuralConfig.id_space},
        "batch_size": Choice((256, 512, 1024, 2048)),
    }
    id_space: ClassVar[Mapping[str, Dimension]] = {
        **NeuralConfig.id_space,
        "user_id": Choice((False, True)),
        "user_id_dropout": Real(0.0, 0.8),
    }
    space: ClassVar[Mapping[str, Dimension]] = {**own_space, **id_space}


N = TypeVar("N", bound=ContentNetwork)
Values = torch.Tensor | float


class JointlyTrained(Neural[N], Generic[N]):
    """Each step: the loss of a batch of ratings, whoever gave them."""

    config: JointConfig

    def planned(self, data: TrainingData) -> int:
        return self.config.epochs * -(-len(data.value) // self.config.batch_size)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        c, optimiser = self.config, self.prepared(data)
        return joint_epoch(self.network, optimiser, data, rng, c, c.batch_size, c.user_id_dropout)

    def beside(self, network: N, batch: EpisodeBatch) -> tuple[Values, Values]:
        """What the output of the support [B, S] and of the query [B, Q] has besides that of the
        decision layers: nothing."""
        return 0.0, 0.0

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        c, network = self.config, self.predictor
        with torch.no_grad():
            cells, (support, query) = task_cells(network, batch), self.beside(network, batch)
            batch = network.centred(batch)
        layers = FirstOrderLayers(network.decision, cells)
        inner = InnerLoss.of(network, batch, c.tune_loss, c.delta, c.tune_shrink)
        inner = replace(inner, value=inner.value - support)
        for _ in range(c.tune_steps):
            layers.descend(inner, c.tune_rate)
        with torch.no_grad():
            rating: torch.Tensor = network.rating(layers(query=True) + query)
            if not network.identified():
                return rating
            return rating + network.offsets(batch.user, batch.query_item)

    def gradient_norms(self, batch: EpisodeBatch) -> torch.Tensor | None:
        if not self.config.tune_steps:
            return None
        return gradient_norms(self.predictor, batch)
