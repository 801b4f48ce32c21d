"""DropoutNet: a network on content and latent factors, the latter dropped out in training.

    f(u, i) = decision([e_u, p_u], [e_i, q_i]);   (p_u, q_i) the vectors of `mf`, 0 when dropped

Volkovs, Yu, Poutanen: DropoutNet: addressing cold start in recommender systems, NeurIPS 2017,
equations 2 to 4. A cold item has q_i = 0, a user with no support p_u = 0: inputs known from
training. A new user's p_u comes from the support, as in their section 4.2 ("user transform").

Departures, each with its reason:
- ratings for implicit feedback: factors from `mf` (explicit, with biases), and the loss is that of
  the rating, not of the distance to p_u . q_i, which is not what is measured;
- p_u is the closed-form fold-in of the support, not the mean of the vectors of its items: a mean
  forgets whether a rating was high;
- one network of decision layers (`baselines.network`) in place of two towers and their inner
  product: the network that all neural learners here share;
- a dropped item is dropped with all items of its task, support as well as query: in W-C and C-C
  both are cold;
- a training user's q_i are refitted without the users of his fold: in q_i fitted to his own
  ratings the network would read the target.
Axes: B tasks, K factors, n folds; a "vector" is (bias, K factors).
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch
from pydantic import Field

from baselines.closed_form.mf import Factors, MFConfig
from baselines.closed_form.ridge_regressions import Cells
from baselines.episodic_base import EpisodicConfig, episodic_epoch, episodic_steps
from baselines.item_side.item_batches import require_content
from baselines.losses import task_losses
from baselines.network import ContentNetwork, Decision
from baselines.neural_base import Neural
from baselines.neural_options import NeuralConfig, OwnIds
from coldbench import (
    Choice,
    Dimension,
    Domain,
    Episode,
    EpisodeBatch,
    LearnerConfig,
    Real,
    TrainingData,
    Whole,
    to_device,
)

__all__ = ["DropoutNet", "DropoutNetConfig", "LatentNetwork"]


class DropoutNetConfig(EpisodicConfig):
    """Options of the network and the episodes, and those of the factors and their dropout."""

    epochs: int = Field(28, ge=1, description="validation on ML-100K: .839 (14 epochs: .859)")
    item_id: OwnIds = False  # its factors are what it knows of items
    factors: int = Field(8, ge=1)
    sweeps: int = Field(6, ge=1, description="of alternating least squares: where `mf` stops")
    item_drop: float = Field(0.5, ge=0, le=1, description="share of tasks without item factors")
    user_drop: float = Field(0.1, ge=0, le=1, description="share of tasks without user factors")
    folds: int = Field(4, ge=2, description="of the training users, for their items' factors")
    space: ClassVar[Mapping[str, Dimension]] = {
        **NeuralConfig.space,
        "rate": Real(5e-4, 0.06, log=True),
        "batch_size": Choice((16, 32, 64, 128)),
        "factors": Whole(2, 32, log=True),
        "item_drop": Real(0.0, 0.95),
        "user_drop": Real(0.0, 0.95),
    }


class LatentNetwork(ContentNetwork):
    """The content network, whose decision layers read a vector beside each side's content."""

    def __init__(
        self, domain: Domain, c: NeuralConfig, vector: int, rng: np.random.Generator
    ) -> None:
        super().__init__(domain, c, rng)
        width = self.width + 2 * vector
        self.decision = Decision((width, *c.hidden, 1), rng).to(domain.device)

    def score(
        self,
        user: torch.Tensor,
        item: torch.Tensor,
        of_user: torch.Tensor,
        of_item: torch.Tensor,
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        """Output for user [B], item [B, Q] with vectors [B, 1 + K] and [B, Q, 1 + K] -> [B, Q]."""
        left = torch.cat([self.user(user, generator), of_user], 1)
        right = torch.cat([self.item(item, generator), of_item], 2)
        own, asked = self.decision.first(left, right)
        return self.decision.rest(own[:, None] + asked)


class DropoutNet(Neural[LatentNetwork]):
    """Content and the factors of mf in one network, the factors dropped out in training."""

    Config: ClassVar[type[LearnerConfig]] = DropoutNetConfig
    config: DropoutNetConfig

    def __init__(self, config: DropoutNetConfig, domain: Domain, rng: np.random.Generator) -> None:
        require_content(domain, "dropoutnet")
        self.factors = Factors(MFConfig(factors=config.factors), domain, rng)
        super().__init__(config, domain, rng)
        self.tables = self.factors.item[None]  # [n, I, 1 + K]: without the users of each fold
        self.fold = torch.zeros(domain.catalogue.n_users, dtype=torch.int64)

    def build(self, rng: np.random.Generator) -> LatentNetwork:
        return LatentNetwork(self.domain, self.config, 1 + self.config.factors, rng)

    def planned(self, data: TrainingData) -> int:
        return episodic_steps(self.config, data)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        if self.optimiser is None and len(data.value):
            self._factorise(data, rng)
        losses = partial(self._losses, rng)
        return episodic_epoch(self.prepared(data), data, rng, self.config, losses)

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        item, network = self.factors.item, self.predictor
        user = self.factors.fold_in(batch, item[batch.support_item])
        with torch.no_grad():
            vectors = user.float(), item[batch.query_item].float()
            return network.rating(network.score(batch.user, batch.query_item, *vectors))

    def extend(self, domain: Domain) -> None:
        super().extend(domain)
        added = domain.catalogue.n_items - len(self.factors.item)
        self.factors.item = torch.nn.functional.pad(self.factors.item, (0, 0, 0, added))

    def state(self) -> Mapping[str, Any]:
        return {**super().state(), "factors": self.factors}

    def _factorise(self, data: TrainingData, rng: np.random.Generator) -> None:
        """Item vectors of all users' ratings, and of those outside each fold; 0 when unseen."""
        factors, cells, n = self.factors, Cells.of(data), self.config.folds
        factors.start(data)
        for _ in range(self.config.sweeps):
            factors.sweep(cells)
        users, prior = factors.users(cells), factors.prior(cells)
        fold = torch.from_numpy(rng.integers(0, n, len(data.task_user))).to(data.device)
        self.fold = self.fold.to(data.device)
        self.fold[torch.tensor(data.task_user, device=data.device)] = fold
        tables = []
        for held_out in range(n):
            others = cells.where(fold[cells.user] != held_out)
            tables.append(_seen(factors.items(others, users, prior), others))
        self.tables, factors.item = torch.stack(tables), _seen(factors.item, cells)

    def _losses(
        self, rng: np.random.Generator, episode: Episode, generator: torch.Generator
    ) -> torch.Tensor:
        """The loss of each task, [B], with dropout of content and factors."""
        c, batch, network = self.config, episode.batch, self.network
        item_on, user_on = (
            to_device(torch.from_numpy(rng.random(len(batch)) >= share), batch.user.device)
            for share in (c.item_drop, c.user_drop)
        )
        fold = self.fold[batch.user][:, None]
        support, query = (
            self.tables[fold, item] * item_on[:, None, None]
            for item in (batch.support_item, batch.query_item)
        )
        user = self.factors.fold_in(batch, support) * user_on[:, None]
        vectors = user.float(), query.float()
        score = network.score(batch.user, batch.query_item, *vectors, generator)
        error = score - network.normal(episode.target)
        return task_losses(c.loss, error, c.delta, batch.query_mask)


def _seen(item: torch.Tensor, cells: Cells) -> torch.Tensor:
    """The vectors [I, 1 + K], 0 for items without a rating: they have content only."""
    return item * (torch.bincount(cells.item, minlength=len(item)) > 0)[:, None]
