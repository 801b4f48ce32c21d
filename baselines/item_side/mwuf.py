"""MWUF: meta networks that scale and shift a common cold embedding into that of a warm item.

    v_warm = v_cold * h(e_i) + g(mean over raters u of z_ui e_u)
    v_cold, h and g learn by Adam on loss(v_cold) + loss(v_warm), over warm items; f is frozen

v_cold: the common initial embedding, which starts as the mean id embedding of the items that
training showed; e_i, e_u: content embeddings of the frozen base network (that of `plain-id`);
z_ui: the rating in the network's units. h starts around 1 and g near 0. The losses are those of
ratings of warm items other than g's. Zhu et al.: Learning to warm up cold item embeddings, SIGIR
2021, section 4 and algorithm 1: common initial embeddings, the meta scaling network (h) and the
meta shifting network (g).

At prediction, items with at most `few` training ratings have v_warm, for which g reads those
ratings. A cold item has none that a learner may see, so g reads an empty set, a zero: its shift
is the same for every cold item, and what tells them apart is h. Training shows g an empty set for
a share of the items, for that reason.

Departures: ratings for clicks, so raters count by z_ui and not alike (Zhu et al. average users
who clicked); users have content but no id; the meta networks train after each epoch of the base
network, so that early stopping sees a complete learner; in the paper each item's v_cold takes steps
by its own loss, and h and g by that of v_warm; an item without ratings has no v_cold of its own, so
here the common one learns, by both losses. Left at the mean it is almost 0 (ids decay, and
have either sign), and h scales nothing. What adapts to the user is what adapts in
`plain-finetune`: SGD steps of the decision layers on the support.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field
from torch import nn

from baselines.item_side.item_batches import Raters, fill, item_content, rating_losses
from baselines.item_side.item_ids import id_weight
from baselines.item_side.meta_ids import MetaIds, MetaIdsConfig
from baselines.layers import mlp
from baselines.losses import task_weights
from baselines.network import ContentNetwork
from coldbench import (
    Choice,
    Dimension,
    LearnerConfig,
    Ragged,
    Real,
    TrainingData,
    Whole,
    to_device,
    torch_generator,
)

__all__ = ["MWUF", "MWUFConfig", "MetaNetworks"]


class MWUFConfig(MetaIdsConfig):
    """Options of the base network, and those of the meta networks."""

    meta_rate: float = Field(
        0.01, gt=0, description="of Adam, for v_cold and the meta networks; .001 moves neither"
    )
    few: int = Field(
        0, ge=0, description="items with at most so many training ratings are warmed up"
    )
    empty: float = Field(0.5, ge=0, le=1, description="share of items trained without raters")
    meta_hidden: int = Field(16, ge=1, description="hidden size of both meta networks")
    space: ClassVar[Mapping[str, Dimension]] = {
        "meta_rate": Real(1e-3, 0.1, log=True),
        "meta_hidden": Choice((8, 16, 32, 64)),
        "empty": Real(0.0, 1.0),
        "few": Whole(0, 20),
    }


class MetaNetworks(nn.Module):
    """v_cold, `start`; h - 1, the scaling, and g, the shifting network, which starts near 0."""

    def __init__(
        self, content: int, user: int, hidden: int, embedding: int, rng: np.random.Generator
    ) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.zeros(embedding))
        self.scaling = mlp((content, hidden, embedding), torch_generator(rng))
        # the 1 lets users without content shift as well
        self.shifting = mlp((1 + user, hidden, embedding), torch_generator(rng))
        with torch.no_grad():
            for weight in self.shifting[-1].parameters():
                weight.mul_(0.01)


class MWUF(MetaIds[MetaNetworks]):
    """Item ids as in plain-id; those of cold items from meta scaling and shifting networks."""

    Config: ClassVar[type[LearnerConfig]] = MWUFConfig
    config: MWUFConfig
    started = False  # whether v_cold has its first value

    def build(self, content_width: int, rng: np.random.Generator) -> MetaNetworks:
        c, user_width = self.config, self.network.user.width
        return MetaNetworks(content_width, user_width, c.meta_hidden, c.embedding, rng)

    def learn_ids(
        self, base: ContentNetwork, data: TrainingData, rng: np.random.Generator
    ) -> float:
        c, n = self.config, self.domain.catalogue.n_items
        count = np.bincount(data.item, minlength=n)
        if not self.started:
            shown = torch.from_numpy(np.flatnonzero(count)).to(data.device)
            self.meta.start.data = id_weight(base).detach()[shown + 1].mean(0)
            self.started = True

        def meta_loss(item: torch.Tensor, first: Raters, second: Raters) -> torch.Tensor:
            none = to_device(torch.from_numpy(rng.random(len(item)) < c.empty), data.device)
            known = first._replace(mask=first.mask & ~none[:, None])
            content, cold = item_content(base, item).detach(), self.meta.start.expand(len(item), -1)
            vectors = cold, self.warm(base, item, known)
            losses = [rating_losses(base, content, v, second, c).mean() for v in vectors]
            return losses[0] + losses[1]

        loss = self.meta_epoch(data, rng, meta_loss)
        lists = _raters_of_items(data, n)

        def make(item: torch.Tensor) -> torch.Tensor:
            return self.warm(base, item, Raters.of(lists.select(item.cpu().numpy()), data))

        fill(base, torch.from_numpy(np.flatnonzero(count <= c.few)).to(data.device), n, make)
        return loss

    def warm(self, base: ContentNetwork, item: torch.Tensor, raters: Raters) -> torch.Tensor:
        """v_warm of items, [M] -> [M, D]."""
        scale = 1 + self.meta.scaling(item_content(base, item).detach())
        user = base.user(raters.user).detach()
        user = torch.cat([torch.ones_like(raters.value)[..., None], user], 2)
        weight = task_weights(raters.mask, user.dtype) * base.normal(raters.value)
        shift: torch.Tensor = self.meta.shifting((user * weight[..., None]).sum(1))
        warmed: torch.Tensor = self.meta.start * scale + shift
        return warmed


def _raters_of_items(data: TrainingData, n_items: int) -> Ragged:
    """The training ratings (rows of `data`) of each of all items."""
    rows, owner = Ragged.grouped(np.arange(len(data.item)), data.item)
    lengths = np.zeros(n_items, np.int64)
    lengths[owner] = rows.lengths
    return Ragged.of(rows.rows, lengths)
