"""Global mean + item bias + user bias, shrunk: the rival that any recommender has to beat.

    r_ui = mu + b_i + b_u
    b_i  = sum_u (r_ui - mu - b_u) / (n_i + shrink_item)    on the training ratings
    b_u  = sum_i (r_ui - mu - b_i) / (n_u + shrink_user)    on the support, at prediction time

In training the two equations are solved in turn (Koren 2010, section 2.1, by alternation). The
user's id is never used: b_u comes from the support alone, and an item without training ratings
has b_i = 0, so a cold user and a cold item need no special case. Departures from Koren: that, and a
shrinkage for users and one for items, where he has one penalty for both. `median_shift`: all
predictions move to the least absolute error, as those of `ridge` do
(`baselines.closed_form.median_shift`). The residuals are of ratings that the b_i were fitted to,
and so too small; `bmf` leaves their users out.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field

from baselines.closed_form.median_shift import median_residual
from coldbench import (
    Array,
    Dimension,
    Domain,
    EpisodeBatch,
    Learner,
    LearnerConfig,
    Real,
    TrainingData,
    Variant,
)

__all__ = ["Bias", "BiasConfig", "Shrinkage", "bias", "item_biases", "support_bias", "user_biases"]


class Shrinkage(LearnerConfig):
    """Shrinkages are in ratings: how many of an average user or item pull towards 0."""

    shrink_item: float = Field(5.0, ge=0)
    shrink_user: float = Field(3.0, ge=0)
    sweeps: int = Field(10, ge=1, description="converged to 1e-4 of a rating on MovieLens")
    space: ClassVar[Mapping[str, Dimension]] = {
        "shrink_item": Real(0.3, 50, log=True),
        "shrink_user": Real(0.3, 50, log=True),
    }


class BiasConfig(Shrinkage):
    """Options of the biases, and whether predictions are shifted."""

    # left out of the record when off, so that jobs from before it existed keep their hashes
    median_shift: bool = Field(
        False,
        exclude_if=lambda value: not value,
        description="on in `bias`: better in validation; off: the mean of least squares",
    )


class Bias(Learner):
    """Global mean + item bias + user bias, shrunk; the user's bias comes from the support."""

    Config: ClassVar[type[LearnerConfig]] = BiasConfig
    config: BiasConfig

    def __init__(self, config: BiasConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        self.mean = domain.scale.middle
        self.shift = 0.0
        self.item = torch.zeros(domain.catalogue.n_items)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        if len(data.value):
            self.mean = float(data.value.mean(dtype=np.float64))
            options = self.config.shrink_item, self.config.shrink_user, self.config.sweeps
            item = item_biases(data, len(self.item), self.mean, *options)
            self.item = torch.from_numpy(item.astype(np.float32)).to(data.device)
            if self.config.median_shift:
                self.shift = median_residual(self._expected, data, rng)
        return {"shift": self.shift} if self.config.median_shift else {}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        expected = self._expected(batch)
        return expected + self.shift if self.shift else expected

    def _expected(self, batch: EpisodeBatch) -> torch.Tensor:
        """The least-squares prediction, float32 [B, Q]."""
        item = self.item.to(batch.query_item.device)
        _, user = support_bias(batch, self.mean, item, self.config.shrink_user)
        return self.mean + item[batch.query_item] + user[:, None]


bias = Variant(
    Bias,
    {"median_shift": True},
    "global mean + item bias + user bias from the support, shrunk, and shifted to the median",
)


def support_bias(
    batch: EpisodeBatch, mean: float, item: torch.Tensor, shrink: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """r_ui - mu - b_i of the support, [B, S], 0 in the padding; and b_u of each task, [B]."""
    mask = batch.support_mask
    residual = (batch.support_value - mean - item[batch.support_item]) * mask
    return residual, residual.sum(1) / (mask.sum(1) + shrink).clamp(min=1e-9)


def user_biases(data: TrainingData, mean: float, item: Array, shrink: float) -> tuple[Array, Array]:
    """r_ui - mu - b_i of the training ratings in the order of `data.lists`, float64 [n]; and b_u
    of each training user."""
    rows, lengths = data.lists.rows, data.lists.lengths
    residual: Array = data.value[rows] - mean - item[data.item[rows]]
    total = np.bincount(data.lists.owner, residual, len(lengths))
    return residual, total / np.maximum(lengths + shrink, 1e-9)


def item_biases(
    data: TrainingData, n_items: int, mean: float, item: float, user: float, sweeps: int
) -> Array:
    """b_i of every item, float64 [I]; 0 for items without a training rating.

    item, user: the shrinkages.
    """
    owner, centred = data.lists.owner, data.value[data.lists.rows] - mean
    rated = data.item[data.lists.rows]
    n_of_user = np.maximum(data.lists.lengths + user, 1e-9)
    n_of_item = np.maximum(np.bincount(rated, minlength=n_items) + item, 1e-9)
    b_item = np.zeros(n_items)
    for _ in range(sweeps):
        b_user = np.bincount(owner, centred - b_item[rated], len(n_of_user)) / n_of_user
        b_item = np.bincount(rated, centred - b_user[owner], n_items) / n_of_item
    return b_item
