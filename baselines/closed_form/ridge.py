"""Bias, plus a ridge regression of each user's residuals on the content of the items.

    r_ui = mu + b_i + x_i w_u + shift,   w_u = argmin |y - X w|^2 + w' diag(penalty) w
    y = support ratings - mu - b_i;   x_i = (1, content of item i)

The penalty of the constant is `shrink_user`, so that without content this is `bias`; that of
content is `penalty`. The solution is closed (Hoerl & Kennard 1970), solved for all tasks of a
batch at once, in whichever of its two forms is the smaller system:

    primal: w = (X'X + P)^-1 X'y            D x D
    dual:   w = P^-1 X' (X P^-1 X' + 1)^-1 y    S x S

`shift` moves all predictions to the least absolute error: the ratings are skewed, so their
median lies above their mean. It is the median residual of the training users' own episodes,
whose queries are held out of the supports, though not of the b_i (as in `bias`). Departures from
Hoerl & Kennard: that shift, and a penalty of its own for the constant.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field

from baselines.closed_form.bias import Shrinkage, item_biases
from baselines.closed_form.median_shift import median_residual
from baselines.content_features import content_features
from coldbench import Dimension, Domain, EpisodeBatch, Learner, LearnerConfig, Real, TrainingData

__all__ = ["Ridge", "RidgeConfig", "solve_dual", "solve_primal"]


class RidgeConfig(Shrinkage):
    """Options of `bias`, and those of the ridge."""

    penalty: float = Field(10.0, gt=0, description="ridge penalty of content")
    median_shift: bool = Field(True, description="off: the mean of least squares")
    most_ids: int = Field(100, ge=2, description="fields with more ids are left out")
    space: ClassVar[Mapping[str, Dimension]] = {
        **Shrinkage.space,
        "penalty": Real(0.5, 200, log=True),
    }


class Ridge(Learner):
    """Bias, plus a closed-form ridge regression on item content for each user."""

    Config: ClassVar[type[LearnerConfig]] = RidgeConfig
    config: RidgeConfig

    def __init__(self, config: RidgeConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        n = domain.catalogue.n_items
        content = content_features(domain.catalogue.item_fields, n, config.most_ids)
        x = np.concatenate([np.ones((n, 1)), content], axis=1)
        self.mean = domain.scale.middle
        self.shift = 0.0
        self.item = torch.zeros(n, dtype=torch.float64)
        self.content = torch.from_numpy(x)
        self.penalty = torch.full((x.shape[1],), config.penalty, dtype=torch.float64)
        self.penalty[0] = max(config.shrink_user, 1e-6)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        if not len(data.value):
            return {}
        self.mean = float(data.value.mean(dtype=np.float64))
        options = self.config.shrink_item, self.config.shrink_user, self.config.sweeps
        self.item = torch.from_numpy(item_biases(data, len(self.item), self.mean, *options))
        for name in ("item", "content", "penalty"):
            setattr(self, name, getattr(self, name).to(data.device))
        if self.config.median_shift:
            self.shift = median_residual(self._expected, data, rng)
        return {"shift": self.shift}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return (self._expected(batch) + self.shift).float()

    def extend(self, domain: Domain) -> None:
        known, n = self.domain.catalogue.item_fields, domain.catalogue.n_items
        fields, most_ids = domain.catalogue.item_fields, self.config.most_ids
        content = torch.from_numpy(content_features(fields, n, most_ids, known)[len(self.item) :])
        rows = torch.nn.functional.pad(content, (1, 0), value=1.0).to(self.content)
        self.item = torch.nn.functional.pad(self.item, (0, len(rows)))
        self.content = torch.cat([self.content, rows])
        self.domain = domain

    def _expected(self, batch: EpisodeBatch) -> torch.Tensor:
        """The least-squares prediction, float64 [B, Q]."""
        mask = batch.support_mask.double()
        y = (batch.support_value.double() - self.mean - self.item[batch.support_item]) * mask
        x = self.content[batch.support_item] * mask[..., None]
        small = x.shape[1] < x.shape[2]
        w = (solve_dual if small else solve_primal)(x, y, self.penalty)
        own = torch.einsum("bqd,bd->bq", self.content[batch.query_item], w)
        return self.mean + self.item[batch.query_item] + own


def solve_primal(x: torch.Tensor, y: torch.Tensor, penalty: torch.Tensor) -> torch.Tensor:
    """(X'X + diag(penalty))^-1 X'y; x [B, S, D], y [B, S], penalty [D] -> [B, D]."""
    system = x.mT @ x + torch.diag(penalty)
    solved: torch.Tensor = torch.linalg.solve(system, (x.mT @ y[..., None]))
    return solved[..., 0]


def solve_dual(x: torch.Tensor, y: torch.Tensor, penalty: torch.Tensor) -> torch.Tensor:
    """The same vector through the S x S system."""
    scaled = x / penalty
    system = scaled @ x.mT + torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
    solved: torch.Tensor = torch.linalg.solve(system, y[..., None])
    return (scaled.mT @ solved)[..., 0]
