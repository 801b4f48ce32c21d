"""MWUF: meta networks that scale and shift a common cold embedding into that of a warm item.

    v_warm = v_cold * h(e_i) + g(mean over raters u of z_ui e_u)

v_cold: the mean id embedding of the items that training showed; e_i, e_u: content embeddings of
the frozen base network (that of `plain-id`); z_ui: the rating in the network's units. h starts
near 1 and g near 0. Both learn by Adam on the loss of v_warm, on ratings of warm items that are
other than those of g. Zhu et al.: Learning to warm up cold item embeddings, SIGIR 2021, section 4:
common initial embeddings, the meta scaling network (h) and the meta shifting network (g).

At prediction, items with at most `few` training ratings have v_warm, for which g reads those
ratings. A cold item has none that a learner may see, so g reads an empty set, a zero: its shift
is the same for every cold item, and what tells them apart is h. Training shows g an empty set for
a share of the items, for that reason.

Departures: ratings for clicks, so raters count by z_ui and not alike (Zhu et al. average users
who clicked); users have content but no id; the meta networks train after each epoch of the base
network, so that early stopping sees a complete learner; v_cold of an item takes no steps of its
own (their l_cold), since at zero ratings there is none to take. What adapts to the user is what
adapts in `plain-finetune`: SGD steps of the decision layers on the support.
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
from baselines.item_side.item_ids import id_weight, with_item_ids
from baselines.item_side.plain_id import PlainIdConfig
from baselines.losses import pointwise, task_weights
from baselines.network import ContentNetwork
from baselines.plain.plain import Plain
from coldbench import Domain, EpisodeBatch, Learner, LearnerConfig, Ragged, TrainingData

__all__ = ["MWUF", "MWUFConfig"]


class MWUFConfig(PlainIdConfig):
    """Options of the base network, and those of the meta networks."""

    few: int = Field(0, ge=0, description="most training ratings of an item that is warmed up")
    empty: float = Field(0.5, ge=0, le=1, description="share of items trained without raters")
    meta_hidden: int = Field(16, ge=1, description="of both meta networks")
    item_ratings: int = Field(20, ge=1, description="most that g reads, and most of the loss")
    item_batch: int = Field(64, ge=1, description="items")
    meta_rate: float = Field(1e-3, gt=0, description="of Adam, for both meta networks")


class MWUF(Learner):
    """Item ids as in plain-id; those of cold items from meta scaling and shifting networks."""

    Config: ClassVar[type[LearnerConfig]] = MWUFConfig
    config: MWUFConfig

    def __init__(self, config: MWUFConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        require_content(domain, "mwuf")
        self.plain = Plain(config, with_item_ids(domain), rng)
        self.network = self.plain.network
        wide, out = self.network.item.width - config.embedding, config.embedding
        self.scaling = mlp((wide, config.meta_hidden, out), rng).to(domain.device)
        # the 1 lets users without content shift as well
        self.shifting = mlp((1 + self.network.user.width, config.meta_hidden, out), rng)
        self.shifting.to(domain.device)
        with torch.no_grad():
            for last in (self.scaling[-1], self.shifting[-1]):
                for weight in last.parameters():
                    weight.mul_(0.01)
        self.learned = [*self.scaling.parameters(), *self.shifting.parameters()]
        self.adam = torch.optim.Adam(self.learned, config.meta_rate)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        c = self.config
        figures = dict(self.plain.train_epoch(data, epoch, rng))
        assert self.plain.optimiser is not None
        base = self.plain.optimiser.averaged
        n = self.domain.catalogue.n_items
        count = np.bincount(data.item, minlength=n)
        shown = torch.from_numpy(np.flatnonzero(count)).to(data.device)
        start = id_weight(base).detach()[shown + 1].mean(0)
        total, items = torch.zeros((), device=data.device), 0
        for item, first, second in halves(data, rng, c.item_batch, c.item_ratings):
            none = torch.from_numpy(rng.random(len(item)) < c.empty).to(data.device)
            known = first._replace(mask=first.mask & ~none[:, None])
            loss = self._loss(base, item, self.warm(base, start, item, known), second)
            self.adam.zero_grad(set_to_none=True)
            loss.backward(inputs=self.learned)  # type: ignore[no-untyped-call]
            self.adam.step()
            total += loss.detach() * len(item)
            items += len(item)
        rows, owner = Ragged.grouped(np.arange(len(data.item)), data.item)
        lengths = np.zeros(n, np.int64)
        lengths[owner] = rows.lengths
        lists = Ragged.of(rows.rows, lengths)

        def make(item: torch.Tensor) -> torch.Tensor:
            return self.warm(base, start, item, Raters.of(lists.select(item.cpu().numpy()), data))

        fill(base, torch.from_numpy(np.flatnonzero(count <= c.few)).to(data.device), n, make)
        return {**figures, "meta_loss": float(total) / max(items, 1)}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return self.plain.predict(batch)

    def warm(
        self, base: ContentNetwork, start: torch.Tensor, item: torch.Tensor, raters: Raters
    ) -> torch.Tensor:
        """v_warm of items: start [D], item [M] -> [M, D]."""
        scale = 1 + self.scaling(item_content(base, item).detach())
        user = base.user(raters.user.reshape(-1)).detach().reshape(*raters.user.shape, -1)
        user = torch.cat([torch.ones_like(user[..., :1]), user], 2)
        weight = task_weights(raters.mask, user.dtype) * base.normal(raters.value)
        shift: torch.Tensor = self.shifting((user * weight[..., None]).sum(1))
        made: torch.Tensor = start * scale + shift
        return made

    def _loss(
        self, base: ContentNetwork, item: torch.Tensor, vector: torch.Tensor, raters: Raters
    ) -> torch.Tensor:
        made = output(base, raters.user, item_content(base, item).detach(), vector)
        error = pointwise(self.config.loss, made - base.normal(raters.value), self.config.delta)
        return (error * task_weights(raters.mask, error.dtype)).sum(1).mean()
