"""`melu-pretrained`: MeLU that starts from the plain network instead of from random weights.

The first `pretrain` epochs train the network jointly on all ratings, as `plain` does; the rest
train it on episodes, as `melu` does. Both phases are part of the one epoch budget, share the
optimiser, its falling rate and the averaged weights, and early stopping sees them as one curve
(after an epoch of the first phase, predictions adapt as well: `plain-finetune`). It asks whether
MeLU's features, or MeLU's starting point for adaptation, need the episodes.

Source: Lee et al. 2019 (MeLU) for the second phase; a joint start for MAML, as in Chen et al.:
Meta-Baseline (ICCV 2021), who train a classifier on all classes first. Departures from Lee et al.,
and what learn2learn does: as in `melu`, but with 32 tasks a batch at .003, for 14 epochs.
"""

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
import torch
from pydantic import Field

from baselines.inner_loop import Adaptable, InnerConfig, ThroughMAML
from baselines.joint_training import joint_epoch
from baselines.maml.melu import melu_layers
from baselines.network import ContentNetwork
from coldbench import Dimension, EpisodeBatch, LearnerConfig, TrainingData, Whole

__all__ = ["MeLUPretrained", "PretrainedConfig"]


class PretrainedConfig(InnerConfig):
    """Options of MeLU, and of the joint training before it."""

    pretrain: int = Field(4, ge=0, description="epochs of joint training, of all `epochs`")
    joint_batch: int = Field(1024, ge=1, description="ratings: as `plain`")
    space: ClassVar[Mapping[str, Dimension]] = {
        **InnerConfig.space,
        "pretrain": Whole(0, 10),
    }

    def shortened(self, share: float) -> Self:
        """With the same part of the epochs before the episodes."""
        before = round(self.pretrain * share)
        return super().shortened(share).model_copy(update={"pretrain": before})


class MeLUPretrained(ThroughMAML):
    """MeLU that starts from the plain network, trained within the same epoch budget."""

    Config: ClassVar[type[LearnerConfig]] = PretrainedConfig
    config: PretrainedConfig

    def layers(
        self, network: ContentNetwork, batch: EpisodeBatch, generator: torch.Generator | None
    ) -> Adaptable:
        return melu_layers(network, self.config, batch, generator)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        c = self.config
        if epoch >= c.pretrain:
            return super().train_epoch(data, epoch, rng)
        return joint_epoch(self.network, self.prepared(data), data, rng, c, c.joint_batch)

    def planned(self, data: TrainingData) -> int:
        c = self.config
        joint = min(c.pretrain, c.epochs)
        an_epoch = super().planned(data) // c.epochs
        return joint * -(-len(data.value) // c.joint_batch) + (c.epochs - joint) * an_epoch
