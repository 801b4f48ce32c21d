"""Meta-Embedding: a generator that makes the id embedding of a cold item from its content.

    phi_i  = gamma tanh(W e_i + b),  e_i the embeddings of the item's content, of the base network
    l_a    = mean loss(f(u, e_i, phi_i), r)                   on some ratings of item i
    phi_i' = phi_i - warm_rate * d l_a / d phi_i
    l_b    = mean loss(f(u, e_i, phi_i'), r)                  on other ratings of item i
    (W, b) by Adam on alpha l_a + (1 - alpha) l_b, over warm items; f is frozen

Pan, Li, Ao, Tang, He: Warm up cold-start advertisements, SIGIR 2019, equations 8 to 15. The base
network is that of `plain-id`; at prediction, items that training never showed have phi_i.

Departures: ratings for clicks, so `loss` is that of the network; the generator trains after each
epoch of the base network and not once after the last, so that early stopping sees a complete
learner; after phi_i there is no warm-up at prediction, since a cold item has no rating that a
learner may see; all of an item's fields are concatenated and not averaged. What adapts to the
user is what adapts in `plain-finetune`: SGD steps of the decision layers on the support.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field

from baselines.item_side.item_batches import (
    Raters,
    fill,
    halves,
    item_content,
    mlp,
    output,
    require_content,
)
from baselines.item_side.item_ids import with_item_ids
from baselines.item_side.plain_id import PlainIdConfig
from baselines.losses import pointwise, task_weights
from baselines.network import ContentNetwork
from baselines.plain.plain import Plain
from coldbench import Domain, EpisodeBatch, Learner, LearnerConfig, TrainingData

__all__ = ["MetaEmb", "MetaEmbConfig"]


class MetaEmbConfig(PlainIdConfig):
    """Options of the base network, and those of the generator."""

    gamma: float = Field(0.2, gt=0, description="bound of an embedding: ids start at .01, grow")
    alpha: float = Field(0.1, ge=0, le=1, description="Pan et al. 2019")
    warm_rate: float = Field(0.01, ge=0, description="of the step on an embedding")
    item_ratings: int = Field(20, ge=1, description="most of l_a and of l_b: Pan et al. 2019")
    item_batch: int = Field(64, ge=1, description="items")
    meta_rate: float = Field(1e-3, gt=0, description="of Adam, for the generator")


class MetaEmb(Learner):
    """Item ids as in plain-id; those of cold items come from a meta-learned generator."""

    Config: ClassVar[type[LearnerConfig]] = MetaEmbConfig
    config: MetaEmbConfig

    def __init__(self, config: MetaEmbConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        require_content(domain, "metaemb")
        self.plain = Plain(config, with_item_ids(domain), rng)
        self.network = self.plain.network
        wide = self.network.item.width - config.embedding
        self.generator = mlp((wide, config.embedding), rng).to(domain.device)
        self.adam = torch.optim.Adam(self.generator.parameters(), config.meta_rate)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        c = self.config
        figures = dict(self.plain.train_epoch(data, epoch, rng))
        assert self.plain.optimiser is not None
        base = self.plain.optimiser.averaged
        total, count = torch.zeros((), device=data.device), 0
        for item, first, second in halves(data, rng, c.item_batch, c.item_ratings):
            loss = self.meta_loss(base, item, first, second)
            self.adam.zero_grad(set_to_none=True)
            loss.backward(inputs=list(self.generator.parameters()))  # type: ignore[no-untyped-call]
            self.adam.step()
            total += loss.detach() * len(item)
            count += len(item)
        n = self.domain.catalogue.n_items
        cold = np.setdiff1d(np.arange(n), data.item)
        unseen = torch.from_numpy(cold).to(data.device)
        fill(base, unseen, n, lambda item: self.generated(item_content(base, item)))
        return {**figures, "meta_loss": float(total) / max(count, 1)}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return self.plain.predict(batch)

    def generated(self, content: torch.Tensor) -> torch.Tensor:
        """phi of items with the given content: [M, (F - 1) D] -> [M, D]."""
        made: torch.Tensor = self.generator(content)
        return self.config.gamma * made.tanh()

    def meta_loss(
        self, base: ContentNetwork, item: torch.Tensor, first: Raters, second: Raters
    ) -> torch.Tensor:
        """alpha l_a + (1 - alpha) l_b, the mean over the items."""
        c, content = self.config, item_content(base, item).detach()
        phi = self.generated(content)
        cold = self._losses(base, content, phi, first)
        (slope,) = torch.autograd.grad(cold.sum(), phi, create_graph=True)
        warm = self._losses(base, content, phi - c.warm_rate * slope, second)
        return (c.alpha * cold + (1 - c.alpha) * warm).mean()

    def _losses(
        self, base: ContentNetwork, content: torch.Tensor, phi: torch.Tensor, raters: Raters
    ) -> torch.Tensor:
        error = output(base, raters.user, content, phi) - base.normal(raters.value)
        loss = pointwise(self.config.loss, error, self.config.delta)
        return (loss * task_weights(raters.mask, loss.dtype)).sum(1)
