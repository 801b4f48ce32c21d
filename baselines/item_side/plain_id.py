"""`plain-id`: the plain network with an item-id embedding that is dropped out in training.

    f(u, i) = decision(e_u, content_i, d_i v_i + (1 - d_i) v_0),   d_i ~ Bernoulli(1 - item_dropout)

v_i is item i's own embedding, v_0 that of an unknown item, which stands in whenever the id is
hidden; a cold item has v_0 for good, so the network has learned what to do without an id. The
idea of DropoutNet (Volkovs, Yu, Poutanen, NeurIPS 2017); departures: the id embedding is trained
with the network, not before it, and the user has no id: a new user's would say nothing. At
prediction the decision layers take SGD steps on the support, as `plain-finetune` does.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch

from baselines.item_side.item_ids import with_item_ids, with_more_items
from baselines.plain.base_options import SteppingConfig
from baselines.plain.plain import Plain
from coldbench import (
    Dimension,
    Domain,
    EpisodeBatch,
    Learner,
    LearnerConfig,
    Real,
    TrainingData,
)

__all__ = ["PlainId", "PlainIdConfig"]


class PlainIdConfig(SteppingConfig):
    """Base options; dropout and decay of the rare item fields hold for the id as well."""

    space: ClassVar[Mapping[str, Dimension]] = {"item_dropout": Real(0.0, 0.6)}


class PlainId(Learner):
    """The plain network with item ids dropped out in training, then SGD steps on the support."""

    Config: ClassVar[type[LearnerConfig]] = PlainIdConfig
    config: PlainIdConfig

    def __init__(self, config: PlainIdConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        self.plain = Plain(config, with_item_ids(domain), rng)
        self.network = self.plain.network

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        return self.plain.train_epoch(data, epoch, rng)

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return self.plain.predict(batch)

    def extend(self, domain: Domain) -> None:
        self.plain.extend(with_more_items(self.plain.domain, domain))
        self.domain = domain

    def state(self) -> Mapping[str, Any]:
        return {"plain": self.plain}
