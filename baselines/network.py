"""MeLU's network: content embeddings of user and item, and decision layers on top of them.

    f(u, i) = w_L relu(W_2 relu(W_1 [e_u, e_i] + b_1) + b_2) + b_L
    rating  = offset + unit * f(u, i)

Lee et al. 2019, section 3.2: embeddings of size 32, two hidden layers of 64. Offset and unit are
ours: with the mean of the training ratings as offset and a quarter of the scale's width as
unit (1 on a scale of 1..5), learning rates carry over to any scale, and no epoch is spent on
learning the mean. With `item_id` the id is part of e_i, and its offset is added to the rating
(`coldbench.IdentityEmbedding`).
Axes: B tasks, n cells of a task, M distinct items, H hidden, D content.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import nn

from baselines.layers import initial
from baselines.neural_options import NeuralConfig
from coldbench import (
    Catalogue,
    ContentEmbedding,
    Domain,
    EpisodeBatch,
    Field,
    IdentityEmbedding,
    TrainingData,
    centred,
    torch_generator,
)

__all__ = ["Content", "ContentNetwork", "Decision"]

RARE = 100  # fields of more ids are rare: zip codes, directors, actors, authors


class Decision(nn.Module):
    """The layers after the embeddings: what MeLU adapts to each user.

    weight{l} [in, out] and bias{l} [out], with in and out swapped against nn.Linear, so that a
    batch of tasks is one batched matrix product. Initial values as in nn.Linear.
    """

    def __init__(self, sizes: Sequence[int], rng: np.random.Generator) -> None:
        super().__init__()
        generator = torch_generator(rng)
        self.depth = len(sizes) - 1
        for layer, (inputs, outputs) in enumerate(pairwise(sizes)):
            for name, shape in (
                (f"weight{layer}", (inputs, outputs)),
                (f"bias{layer}", (outputs,)),
            ):
                self.register_parameter(name, initial(shape, inputs, generator))

    def first(self, user: torch.Tensor, item: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """W_1 [e_u, e_i] + b_1 in two summands, of the users and of the items: [n, H], [M, H]."""
        weight, bias = self.get_parameter("weight0"), self.get_parameter("bias0")
        split = user.shape[-1]
        return torch.addmm(bias, user, weight[:split]), item @ weight[split:]

    def features(self, hidden: torch.Tensor) -> torch.Tensor:
        """What the last layer reads, from the first layer's values before relu: [..., H]."""
        for layer in range(1, self.depth - 1):
            weight = self.get_parameter(f"weight{layer}")
            hidden = hidden.relu() @ weight + self.get_parameter(f"bias{layer}")
        return hidden.relu()

    def rest(self, hidden: torch.Tensor) -> torch.Tensor:
        """All layers after the first, from its values before relu: [..., H] -> [...]."""
        weight, bias = self.last()
        return (self.features(hidden) @ weight + bias)[..., 0]

    def last(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Weight [H, 1] and bias [1] of the last layer."""
        last = self.depth - 1
        return self.get_parameter(f"weight{last}"), self.get_parameter(f"bias{last}")


class Content(nn.Module):
    """What every network starts from: embeddings of both sides, and the unit of ratings."""

    def __init__(
        self, domain: Domain, c: NeuralConfig, rng: np.random.Generator, user_id: bool = False
    ) -> None:
        """user_id: whether users are known by their ids; items are as `item_id` says."""
        super().__init__()
        known, scale = domain.catalogue, domain.scale
        users, items = (known.user_fields, known.n_users), (known.item_fields, known.n_items)
        self.user = _embedding(*users, c.embedding, rng, c.user_dropout, int(user_id))
        least = c.item_id_least if c.item_id else 0
        self.item = _embedding(*items, c.embedding, rng, c.item_dropout, least)
        self.offset, self.unit = scale.middle, (scale.high - scale.low) / 4 or 1.0

    @property
    def width(self) -> int:
        """Size of [e_u, e_i]."""
        return self.user.width + self.item.width

    def observe(self, data: TrainingData) -> None:
        """Before the first epoch: the offset, and which ids training will show."""
        if len(data.value):
            self.offset = float(data.value.mean(dtype=np.float64))
        self.cpu()
        self.user.observe(data.user)
        self.item.observe(data.item)
        self.to(data.device)

    def rare_weights(self) -> list[nn.Parameter]:
        """The embeddings of fields with many, mostly rare, ids."""
        return [*self.user.rare_weights, *self.item.rare_weights]

    def id_weights(self) -> list[nn.Parameter]:
        """What is learned of ids."""
        return [weight for side in self.identified() for weight in side.id_weights]

    def extend(self, old: Catalogue, new: Catalogue) -> None:
        """Takes in the users and items of `new` that come after those of `old`."""
        self.user.extend(old.user_fields, new.user_fields, new.n_users)
        self.item.extend(old.item_fields, new.item_fields, new.n_items)

    def offsets(self, user: torch.Tensor, item: torch.Tensor) -> torch.Tensor:
        """What the ids of users [B] and items [B, n] add to ratings, [B, n]."""
        total = torch.zeros(item.shape, device=item.device)
        for side, index in ((self.user, user[:, None]), (self.item, item)):
            if isinstance(side, IdentityEmbedding):
                total = total + self.unit * side.offsets(index)
        return total

    def centred(self, batch: EpisodeBatch) -> EpisodeBatch:
        """The batch, its support ratings less their offsets: itself where there are no ids."""
        if not self.identified():
            return batch
        return centred(batch, self.offsets(batch.user, batch.support_item))

    def identified(self) -> list[IdentityEmbedding]:
        """The sides that are known by ids."""
        return [side for side in (self.user, self.item) if isinstance(side, IdentityEmbedding)]

    def normal(self, rating: torch.Tensor) -> torch.Tensor:
        """Ratings in units of the network's output."""
        return (rating - self.offset) / self.unit

    def rating(self, output: torch.Tensor) -> torch.Tensor:
        """The network's output as ratings."""
        return output * self.unit + self.offset


def _embedding(
    fields: Sequence[Field],
    n: int,
    size: int,
    rng: np.random.Generator,
    dropout: float,
    least: int,
) -> ContentEmbedding:
    """Of n users or items; with the ids of those of `least` ratings or more, unless it is 0."""
    options: dict[str, Any] = {"rare_size": RARE, "rare_dropout": dropout}
    if least:
        return IdentityEmbedding(fields, n, size, rng, least=least, **options)
    return ContentEmbedding(fields, size, rng, **options)


class ContentNetwork(Content):
    """Embeddings of both sides, and one set of decision layers shared by all users."""

    def __init__(
        self, domain: Domain, c: NeuralConfig, rng: np.random.Generator, user_id: bool = False
    ) -> None:
        super().__init__(domain, c, rng, user_id)
        self.decision = Decision((self.width, *c.hidden, 1), rng)
        self.to(domain.device)

    def forward(
        self, user: torch.Tensor, item: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """Output for pairs: user and item int64 [n] -> [n]; a generator turns dropout on."""
        of_user, of_item = self.decision.first(
            self.user(user, generator), self.item(item, generator)
        )
        return self.decision.rest(of_user + of_item)
