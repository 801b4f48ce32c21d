"""`plain-id`: the plain network with an item-id embedding that is dropped out in training.

    f(u, i) = decision(e_u, content_i, d_i v_i + (1 - d_i) v_0),   d_i ~ Bernoulli(1 - item_dropout)

v_i is item i's own embedding, v_0 that of an unknown item, which stands in whenever the id is
hidden; a cold item has v_0 for good, so the network has learned what to do without an id. The
idea of DropoutNet (Volkovs, Yu, Poutanen, NeurIPS 2017) on an id embedding that is trained with
the network, not before it. The user has no id: a new user's would say nothing. At prediction the
decision layers take SGD steps on the support, as `plain-finetune` does.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from pydantic import Field

from baselines.item_side.item_ids import with_item_ids, with_more_items
from baselines.plain.plain import Plain, PlainConfig
from coldbench import (
    Dimension,
    Domain,
    EpisodeBatch,
    Learner,
    LearnerConfig,
    Real,
    TrainingData,
    Whole,
)

__all__ = ["PlainId", "PlainIdConfig"]


class PlainIdConfig(PlainConfig):
    """Options of `plain`; dropout and decay of the rare item fields hold for the id as well."""

    item_dropout: float = Field(
        0.2, ge=0, lt=1, description="of the id, and of rare fields; validation: .791 (.8: .795)"
    )
    tune_steps: int = Field(10, ge=0, description="as plain-finetune")
    tune_rate: float = Field(0.05, gt=0, description="as plain-finetune")
    space: ClassVar[Mapping[str, Dimension]] = {
        **PlainConfig.space,
        "tune_steps": Whole(1, 30, log=True),
        "tune_rate": Real(5e-3, 0.5, log=True),
        "tune_shrink": Real(0.0, 8.0),
    }


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
