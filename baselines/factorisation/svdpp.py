"""Asymmetric SVD: a user is the sum of what he rated, so that a new one is folded in by a formula.

    rating = offset + unit (b_i + a_u + c_u + q_i . (d_u + f_u))
    c_u, f_u: sums over the user's other ratings           (baselines.factorisation.folding)
    (b_i, q_i, x_i, y_i) = A [content_i, id_i],   (a_u, d_u) = D content_u

Koren: Factorization meets the neighborhood, KDD 2008, section 4, the asymmetric model: f_u takes
the place of SVD++'s p_u, so that a user needs no parameters; x_j weighs how the user rated j, y_j
that he did. d_u: attributes of users, Koren, Bell, Volinsky 2009, equation 7.

Trained on all ratings of a batch of users, each predicted from the user's others: no rating is in
the sums that predict it. A new user's sums run over the support. An item that training never
rated has the embedding of the unknown id, which is trained by hiding ids at random
(`item_dropout`), and its own content: a cold item is known by content.

Departures: c_u is a shrunk mean in closed form in place of a free b_u, since a new user has none;
linear maps of content and id in place of free vectors; absolute error for squared error, since
that is what is measured; AdamW on batches of users in place of SGD on ratings.
`hidden` has no effect: there are no hidden layers. Axes: B tasks, S support, Q query, M distinct
items, K factors.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from pydantic import Field

from baselines.factorisation.folding import Rated, fold, fold_without_own
from baselines.item_side.item_ids import with_item_ids, with_more_items
from baselines.layers import Linear
from baselines.losses import task_losses
from baselines.network import Content
from baselines.neural_base import Neural
from baselines.neural_options import NeuralConfig, OwnIds
from coldbench import (
    Choice,
    Dimension,
    Domain,
    EpisodeBatch,
    LearnerConfig,
    Real,
    TrainingData,
    Whole,
    torch_generator,
)

__all__ = ["AsymmetricSVD", "SVDppConfig", "SVDppFold", "own_ratings"]


class SVDppConfig(NeuralConfig):
    """Options of the embeddings and the outer optimiser, and those of the factors."""

    item_dropout: float = Field(
        0.2, ge=0, lt=1, description="of the id, and of rare fields: trains unknown items"
    )
    rare_decay: float = Field(3.0, ge=0, description="weight decay of ids and rare fields")
    rate: float = Field(1e-3, gt=0, description="learning rate of AdamW")
    item_id: OwnIds = False  # its domain has them
    batch_size: int = Field(32, ge=1, description="users")
    factors: int = Field(8, ge=1, description="validation: .773 on ML-1M (16: .774)")
    shrink_user: float = Field(3.0, gt=0, description="of c_u, in ratings, as in `bias`")
    space: ClassVar[Mapping[str, Dimension]] = {
        **{name: NeuralConfig.space[name] for name in NeuralConfig.space if name != "hidden"},
        "batch_size": Choice((16, 32, 64)),
        "factors": Whole(2, 32, log=True),
        "loss": Choice(("absolute", "squared")),
        "shrink_user": Real(0.3, 50, log=True),
    }


class Vectors(NamedTuple):
    """bias [...]; q, x, y [..., K]."""

    bias: torch.Tensor
    q: torch.Tensor
    x: torch.Tensor
    y: torch.Tensor

    def at(self, place: torch.Tensor) -> "Vectors":
        """Those of the items at these places of the first axis."""
        return Vectors(*(part[place] for part in self))


class AsymmetricSVD(Content):
    """Embeddings of both sides, and the linear maps from them to biases and factors."""

    def __init__(self, domain: Domain, c: SVDppConfig, rng: np.random.Generator) -> None:
        super().__init__(domain, c, rng)
        self.sizes, self.shrink = (1, c.factors, c.factors, c.factors), c.shrink_user
        self.of_item = Linear(self.item.width, sum(self.sizes), rng)
        self.of_user = Linear(self.user.width, 1 + c.factors, rng)

    def items(self, item: torch.Tensor, generator: torch.Generator | None = None) -> Vectors:
        """b, q, x and y of items, int64 [M]; a generator hides ids and rare fields."""
        bias, q, x, y = self.of_item(self.item(item, generator)).split(self.sizes, -1)
        return Vectors(bias[..., 0], q, x, y)

    def rated(self, batch: EpisodeBatch, support: Vectors, level: torch.Tensor) -> Rated:
        """The supports, whose items have these vectors; level: a_u [B]."""
        error = self.normal(batch.support_value) - support.bias - level[:, None]
        return Rated.of(error, support.x, support.y, batch.support_mask)

    def score(self, batch: EpisodeBatch) -> torch.Tensor:
        """Output for the queries, given the supports, [B, Q]."""
        item, place = batch.distinct
        vectors, width = self.items(item), batch.support_item.shape[1]
        support, query = vectors.at(place[:, :width]), vectors.at(place[:, width:])
        user = self.of_user(self.user(batch.user))
        shift, factors = fold(self.rated(batch, support, user[:, 0]), self.shrink)
        own = torch.einsum("bqk,bk->bq", query.q, user[:, 1:] + factors)
        output: torch.Tensor = query.bias + (user[:, 0] + shift)[:, None] + own
        return output

    def score_own(self, batch: EpisodeBatch, generator: torch.Generator | None) -> torch.Tensor:
        """Output for each rating of the supports, given the task's others, [B, S]."""
        item, place = batch.distinct
        vectors = self.items(item, generator).at(place[:, : batch.support_item.shape[1]])
        user = self.of_user(self.user(batch.user, generator))
        rated = self.rated(batch, vectors, user[:, 0])
        shift, factors = fold_without_own(rated, self.shrink)
        own = (vectors.q * (user[:, None, 1:] + factors)).sum(2)
        output: torch.Tensor = vectors.bias + user[:, :1] + shift + own
        return output


class SVDppFold(Neural[AsymmetricSVD]):
    """Asymmetric SVD: factors of a user are sums over the items that he rated."""

    Config: ClassVar[type[LearnerConfig]] = SVDppConfig
    config: SVDppConfig

    def __init__(self, config: SVDppConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, with_item_ids(domain), rng)

    def build(self, rng: np.random.Generator) -> AsymmetricSVD:
        return AsymmetricSVD(self.domain, self.config, rng)

    def planned(self, data: TrainingData) -> int:
        tasks = int((data.lists.lengths >= 2).sum())
        return self.config.epochs * -(-tasks // self.config.batch_size)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        c, optimiser, generator = self.config, self.prepared(data), torch_generator(rng)
        total, tasks = torch.zeros((), dtype=torch.float64, device=data.device), 0
        for batch in own_ratings(data, c.batch_size, rng):
            target = self.network.normal(batch.support_value)
            error = self.network.score_own(batch, generator) - target
            losses = task_losses(c.loss, error, c.delta, batch.support_mask)
            optimiser.step(losses.mean())
            total += losses.detach().sum()
            tasks += len(losses)
        return {"loss": float(total) / max(tasks, 1)}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        with torch.no_grad():
            return self.predictor.rating(self.predictor.score(batch))

    def extend(self, domain: Domain) -> None:
        super().extend(with_more_items(self.domain, domain))


def own_ratings(data: TrainingData, size: int, rng: np.random.Generator) -> Iterator[EpisodeBatch]:
    """Every training user with two ratings once, in random order, all of whose ratings are the
    support; the one query is padding."""
    users = rng.permutation(np.flatnonzero(data.lists.lengths >= 2))
    for start in range(0, len(users), size):
        chosen = users[start : start + size]
        lists = data.lists.select(chosen)
        item, mask = lists.padded(data.item)
        value, _ = lists.padded(data.value)
        none = torch.zeros(len(chosen), 1, dtype=torch.int64)
        arrays = data.task_user[chosen], item, value, mask
        user, items, values, known = (torch.from_numpy(array) for array in arrays)
        yield EpisodeBatch(user, items, values, known, none, none.bool()).to(data.device)
