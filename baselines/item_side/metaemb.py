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
from functools import partial
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field
from torch import nn

from baselines.item_side.item_batches import Raters, fill, item_content, rating_losses
from baselines.item_side.meta_ids import MetaIds, MetaIdsConfig
from baselines.layers import mlp
from baselines.network import ContentNetwork
from coldbench import Dimension, LearnerConfig, Real, TrainingData, torch_generator

__all__ = ["MetaEmb", "MetaEmbConfig"]


class MetaEmbConfig(MetaIdsConfig):
    """Options of the base network, and those of the generator."""

    gamma: float = Field(0.2, gt=0, description="bound of an embedding: ids start at .01, grow")
    alpha: float = Field(0.1, ge=0, le=1, description="Pan et al. 2019")
    warm_rate: float = Field(0.01, ge=0, description="of the step on an embedding")
    space: ClassVar[Mapping[str, Dimension]] = {
        **MetaIdsConfig.space,
        "gamma": Real(0.02, 2.0, log=True),
        "alpha": Real(0.0, 1.0),
        "warm_rate": Real(1e-3, 1.0, log=True),
    }


class MetaEmb(MetaIds[nn.Sequential]):
    """Item ids as in plain-id; those of cold items come from a meta-learned generator."""

    Config: ClassVar[type[LearnerConfig]] = MetaEmbConfig
    config: MetaEmbConfig

    def build(self, content_width: int, rng: np.random.Generator) -> nn.Sequential:
        return mlp((content_width, self.config.embedding), torch_generator(rng))

    def learn_ids(
        self, base: ContentNetwork, data: TrainingData, rng: np.random.Generator
    ) -> float:
        loss = self.meta_epoch(data, rng, partial(self.meta_loss, base))
        n = self.domain.catalogue.n_items
        cold = torch.from_numpy(np.setdiff1d(np.arange(n), data.item)).to(data.device)
        fill(base, cold, n, lambda item: self.generated(item_content(base, item)))
        return loss

    def generated(self, content: torch.Tensor) -> torch.Tensor:
        """phi of items with the given content: [M, (F - 1) D] -> [M, D]."""
        phi: torch.Tensor = self.config.gamma * self.meta(content).tanh()
        return phi

    def meta_loss(
        self, base: ContentNetwork, item: torch.Tensor, first: Raters, second: Raters
    ) -> torch.Tensor:
        """alpha l_a + (1 - alpha) l_b, the mean over the items."""
        c, content = self.config, item_content(base, item).detach()
        phi = self.generated(content)
        cold = rating_losses(base, content, phi, first, c)
        (slope,) = torch.autograd.grad(cold.sum(), phi, create_graph=True)
        warm = rating_losses(base, content, phi - c.warm_rate * slope, second, c)
        return (c.alpha * cold + (1 - c.alpha) * warm).mean()
