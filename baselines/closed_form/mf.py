"""Biased matrix factorisation by alternating least squares; a new user is folded in.

    r_ui = mu + [1, q_i] . [b_u, p_u] + b_i = mu + b_i + b_u + p_u . q_i
    user step: (b_u, p_u) = argmin sum_i (r_ui - mu - b_i - b_u - p_u . q_i)^2
                            + shrink_user b_u^2 + penalty |p_u|^2
    item step: (b_i, q_i) likewise, shrunk towards (x_i W), with shrink_item and penalty
    W = argmin sum_i n_i |(b_i, q_i) - x_i W|^2 + content_penalty |W|^2,   x_i = (1, content of i)

ALS: Koren, Bell, Volinsky 2009; the prior W: the regression-based latent factor model of Agarwal
& Chen, KDD 2009, whose item side gives a cold item, which has no ratings, (b_i, q_i) = x_i W
instead of 0. Without content only the mean remains of W, so a cold item is an average one.

Departures: W by weighted ridge regression in place of EM, one pass per sweep (closed form); no
such prior for users: all are treated as new ones, folded in from the support by the user step
(warm ones too: their training ratings are the support). One sweep an epoch, so that
early stopping chooses their number. `shift`: to the median, as in `ridge`, measured on ratings that
the items' vectors were fitted to (`bmf` leaves their users out).
Axes: T users, I items, K factors, D content; a "vector" is (bias, K factors).
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field

from baselines.closed_form.bias import item_biases
from baselines.closed_form.median_shift import median_residual
from baselines.closed_form.ridge import solve_primal
from baselines.closed_form.ridge_regressions import Cells, solve_groups
from baselines.content_features import content_features
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

__all__ = ["MF", "Factors", "MFConfig"]


class MFConfig(LearnerConfig):
    """Penalties are in ratings, as the shrinkages of `bias`."""

    epochs: int = Field(10, ge=1, description="sweeps")
    factors: int = Field(8, ge=1)
    penalty: float = Field(14.0, gt=0, description="ridge penalty of every factor")
    shrink_user: float = Field(5.0, gt=0)
    shrink_item: float = Field(2.0, gt=0, description="varied alone: .790 (3), .791 (5)")
    content_penalty: float = Field(100.0, gt=0, description="of the regression on content")
    most_ids: int = Field(100, ge=2, description="fields with more ids are left out")
    median_shift: bool = Field(True, description="off: the mean of least squares")
    space: ClassVar[Mapping[str, Dimension]] = {
        "factors": Whole(2, 32, log=True),
        "penalty": Real(2, 60, log=True),
        "shrink_user": Real(0.5, 50, log=True),
        "shrink_item": Real(0.5, 50, log=True),
        "content_penalty": Real(10, 1000, log=True),
    }


class Factors:
    """The item vectors, and the three closed-form steps. `item`: float64 [I, 1 + K]."""

    def __init__(self, config: MFConfig, domain: Domain, rng: np.random.Generator) -> None:
        n = domain.catalogue.n_items
        content = content_features(domain.catalogue.item_fields, n, config.most_ids)
        start = np.concatenate([np.zeros((n, 1)), rng.normal(0, 0.1, (n, config.factors))], axis=1)
        self.content = torch.from_numpy(np.concatenate([np.ones((n, 1)), content], axis=1))
        self.item = torch.from_numpy(start)
        self.mean = domain.scale.middle
        self.user_penalty = torch.full((1 + config.factors,), config.penalty, dtype=torch.float64)
        self.item_penalty = self.user_penalty.clone()
        self.user_penalty[0], self.item_penalty[0] = config.shrink_user, config.shrink_item
        self.content_penalty = config.content_penalty
        self.weight = self.content.new_zeros(self.content.shape[1], 1 + config.factors)  # W

    def start(self, data: TrainingData) -> None:
        """The mean and the biases of `bias`, before the first sweep."""
        self.mean = float(data.value.mean(dtype=np.float64))
        shrink = float(self.item_penalty[0]), float(self.user_penalty[0])
        bias = item_biases(data, len(self.item), self.mean, *shrink, 10)
        self.item[:, 0] = torch.from_numpy(bias)
        for name in ("content", "item", "user_penalty", "item_penalty"):
            setattr(self, name, getattr(self, name).to(data.device))

    def sweep(self, cells: Cells) -> None:
        """User step, regression on content, item step."""
        users = self.users(cells)
        self.item = self.items(cells, users, self.prior(cells))

    def users(self, cells: Cells) -> torch.Tensor:
        """(b_u, p_u) of the training users, [T, 1 + K]."""
        residual = cells.value - self.mean - self.item[cells.item, 0]
        x = _with_one(self.item)
        return solve_groups(cells.user, cells.n_users, x[cells.item], residual, self.user_penalty)

    def prior(self, cells: Cells) -> torch.Tensor:
        """x_i W: the item vectors that content predicts, [I, 1 + K]."""
        count = torch.bincount(cells.item, minlength=len(self.item)).double()
        weighted = self.content * count[:, None]
        system = self.content.mT @ weighted
        system = system + self.content_penalty * torch.eye(len(system), device=system.device)
        self.weight = torch.linalg.solve(system, weighted.mT @ self.item)
        return self.content @ self.weight

    def items(self, cells: Cells, users: torch.Tensor, prior: torch.Tensor) -> torch.Tensor:
        """(b_i, q_i) given the users' vectors, shrunk towards the prior, [I, 1 + K]."""
        x = _with_one(users)[cells.user]
        residual = cells.value - self.mean - users[cells.user, 0] - (x * prior[cells.item]).sum(1)
        return prior + solve_groups(cells.item, len(self.item), x, residual, self.item_penalty)

    def extend(self, content: torch.Tensor) -> None:
        """Takes in items that nobody has rated, after the others: their content is [n, D - 1]."""
        rows = torch.nn.functional.pad(content, (1, 0), value=1.0).to(self.content)
        self.content = torch.cat([self.content, rows])
        self.item = torch.cat([self.item, rows @ self.weight])

    def fold_in(self, batch: EpisodeBatch, vector: torch.Tensor) -> torch.Tensor:
        """(b_u, p_u) of each episode from its support, whose items have the given vectors:
        [B, S, 1 + K] -> [B, 1 + K]; 0 without support."""
        mask = batch.support_mask.double()
        y = (batch.support_value.double() - self.mean - vector[..., 0]) * mask
        return solve_primal(_with_one(vector) * mask[..., None], y, self.user_penalty)

    def expected(self, batch: EpisodeBatch) -> torch.Tensor:
        """The least-squares prediction, float64 [B, Q]."""
        vector = self.item[batch.query_item]
        user = self.fold_in(batch, self.item[batch.support_item])
        own = torch.einsum("bqk,bk->bq", _with_one(vector), user)
        return self.mean + vector[..., 0] + own


class MF(Learner):
    """Biased matrix factorisation (ALS), items' prior from content, users folded in."""

    Config: ClassVar[type[LearnerConfig]] = MFConfig
    config: MFConfig

    def __init__(self, config: MFConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        self.factors = Factors(config, domain, rng)
        self.shift = 0.0

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        if not len(data.value):
            return {}
        if epoch == 0:
            self.factors.start(data)
        self.factors.sweep(Cells.of(data))
        if self.config.median_shift:
            self.shift = median_residual(self.factors.expected, data, rng)
        return {"shift": self.shift}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return (self.factors.expected(batch) + self.shift).float()

    def extend(self, domain: Domain) -> None:
        known, fields = self.domain.catalogue.item_fields, domain.catalogue.item_fields
        old, n = len(self.factors.item), domain.catalogue.n_items
        content = content_features(fields, n, self.config.most_ids, known)[old:]
        self.factors.extend(torch.from_numpy(content))
        self.domain = domain

    def n_parameters(self) -> int:
        return self.factors.item.numel()


def _with_one(vector: torch.Tensor) -> torch.Tensor:
    """(1, factors): what the other side's (bias, factors) is multiplied with."""
    return torch.cat([torch.ones_like(vector[..., :1]), vector[..., 1:]], -1)
