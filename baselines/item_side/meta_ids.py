"""The frame of meta-learners of item ids: they make an id embedding where training taught none.

An epoch trains the base network, that of `plain-id`; then, with the base frozen, the meta-learner
by Adam, on two disjoint sets of ratings of each warm item; then it writes the embeddings of cold
items into the base. So early stopping sees a complete learner after every epoch.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np
import torch
from pydantic import Field
from torch import nn

from baselines.item_side.item_batches import Raters, halves, require_content
from baselines.item_side.item_ids import with_item_ids, with_more_items
from baselines.item_side.plain_id import PlainIdConfig
from baselines.network import ContentNetwork
from baselines.plain.plain import Plain
from coldbench import Declined, Domain, EpisodeBatch, Learner, TrainingData

__all__ = ["MetaIds", "MetaIdsConfig"]


class MetaIdsConfig(PlainIdConfig):
    """Options of the base network, and those of the meta-learner's training."""

    item_ratings: int = Field(20, ge=1, description="of an item at most, in each of its two sets")
    item_batch: int = Field(64, ge=1, description="items")
    meta_rate: float = Field(1e-3, gt=0, description="learning rate of Adam, for the meta-learner")
    # found where ids are hidden as well; plain-finetune's is for rare fields alone
    tuned_by: ClassVar[Mapping[str, str]] = {**PlainIdConfig.tuned_by, "item_dropout": "plain-id"}


M = TypeVar("M", bound=nn.Module)


class MetaIds(Learner, Generic[M]):
    """Item ids as in plain-id; those of cold items are made by a meta-learner."""

    config: MetaIdsConfig

    def __init__(self, config: MetaIdsConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        require_content(domain, type(self).__name__.lower())
        self.plain = Plain(config, with_item_ids(domain), rng)
        self.network = self.plain.network
        content_width = self.network.item.width - config.embedding
        self.meta: M = self.build(content_width, rng).to(domain.device)
        self.adam = torch.optim.Adam(self.meta.parameters(), config.meta_rate)

    @abstractmethod
    def build(self, content_width: int, rng: np.random.Generator) -> M:
        """What the meta-learner trains, with initial values from `rng`."""

    @abstractmethod
    def learn_ids(
        self, base: ContentNetwork, data: TrainingData, rng: np.random.Generator
    ) -> float:
        """Trains the meta-learner and fills in `base`'s cold ids; returns the mean meta-loss."""

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        figures = self.plain.train_epoch(data, epoch, rng)
        return {**figures, "meta_loss": self.learn_ids(self.plain.predictor, data, rng)}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return self.plain.predict(batch)

    def extend(self, domain: Domain) -> None:
        if domain.catalogue.n_items > self.domain.catalogue.n_items:
            name = type(self).__name__.lower()
            raise Declined(f"{name} makes the ids of items without ratings while it trains")
        self.plain.extend(with_more_items(self.plain.domain, domain))
        self.domain = domain

    def state(self) -> Mapping[str, Any]:
        return {"plain": self.plain}

    def meta_epoch(
        self,
        data: TrainingData,
        rng: np.random.Generator,
        meta_loss: Callable[[torch.Tensor, Raters, Raters], torch.Tensor],
    ) -> float:
        """One pass over the warm items: `meta_loss` of a batch of items [M] and their two sets of
        ratings is the mean over the items, and so is what is returned."""
        c, parameters = self.config, list(self.meta.parameters())
        total, items = torch.zeros((), device=data.device), 0
        for item, first, second in halves(data, rng, c.item_batch, c.item_ratings):
            loss = meta_loss(item, first, second)
            self.adam.zero_grad(set_to_none=True)
            loss.backward(inputs=parameters)  # type: ignore[no-untyped-call]
            self.adam.step()
            total += loss.detach() * len(item)
            items += len(item)
        return float(total) / max(items, 1)
