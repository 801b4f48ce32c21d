"""A Gaussian process for each user, over the content of items and their factors in `mf`.

    r_ui    = mu + b_i + g_u(i) + noise,   g_u ~ GP(0, k),   noise ~ N(0, s)
    k(i, j) = v_0 + v_q exp(-|q_i - q_j|^2 / 2 l_q^2) + v_x exp(-|x_i - x_j|^2 / 2 l_x^2)
    g_u(i)  = k_i' (K + s)^-1 (r - mu - b)    on the support, at prediction time

b_i, q_i: bias and factors of `mf`, a cold item's as its content predicts them; x_i: content. v_0
alone would make this `bias`. Without ratings the prediction is mu + b_i; a rating moves an item the
less, the more the two differ. The prediction is the posterior mean of Gaussian process regression
(Rasmussen & Williams: Gaussian Processes for Machine Learning, MIT Press 2006, equation 2.25), by
one Cholesky factor for each user. v, l and s are the same for all users and maximise the marginal
likelihood (their equation 5.8) of the training users' ratings, by Adam on batches of users after
each sweep of mf: Gaussian processes that share what they have learned of their kernel (Minka &
Picard: Learning how to learn is learning with point sets, 1997).

Where the likelihood is measured, b_i and q_i are refitted without the users of the fold, as in
`dropoutnet`: factors that have seen a rating make the noise look small. In validation this makes
warm items better and cold ones worse (hin-amazon, seeds 1000 and 1001: W-W .670 for .677 and .714
for .720; C-C .811 for .808 and .902 for .890). Departures from the books: that, and `shift`, to the
median, as in `ridge`: measured on ratings that b_i and q_i were fitted to, unlike the likelihood.
Axes: B tasks, n or m cells of a task, I items, K factors, D content; a "vector" is (bias, K
factors).
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from pydantic import Field
from torch import nn

from baselines.closed_form.median_shift import median_residual
from baselines.closed_form.mf import Factors, MFConfig
from baselines.closed_form.ridge_regressions import Cells
from baselines.content_features import content_features
from coldbench import Domain, Episode, EpisodeBatch, Learner, LearnerConfig, TrainingData

__all__ = ["GP", "GPConfig", "Kernel", "Points", "Rated"]

MOST_SUPPORT = 60  # with 40 queries at most: of a longer list 100 ratings show the kernel enough


class GPConfig(MFConfig):
    """Options of `mf`, whose factors the kernel reads, and of the likelihood's ascent."""

    epochs: int = Field(6, ge=1, description="sweeps of mf, each with `steps` of the kernel")
    batch_size: int = Field(32, ge=1, description="users whose likelihood makes a step")
    folds: int = Field(4, ge=2, description="of the training users, for their items' factors")
    steps: int = Field(32, ge=1, description="most steps in an epoch; fewer users make fewer")
    rate: float = Field(0.1, gt=0, description="learning rate of Adam, on logarithms")


class Points(NamedTuple):
    """Items as the kernel sees them: factors q [B, n, K] and content x [B, n, D], float64."""

    q: torch.Tensor
    x: torch.Tensor


class Rated(NamedTuple):
    """The ratings of B users: item, value and mask, [B, n] each."""

    item: torch.Tensor
    value: torch.Tensor
    mask: torch.Tensor

    @classmethod
    def of(cls, episode: Episode) -> "Rated":
        """Supports and queries side by side."""
        batch = episode.batch
        return cls(
            torch.cat([batch.support_item, batch.query_item], 1),
            torch.cat([batch.support_value, episode.target], 1),
            torch.cat([batch.support_mask, batch.query_mask], 1),
        )


class Kernel(nn.Module):
    """k and s; its parameters are logarithms of v_0, v_q, v_x and s, and of l_q and l_x."""

    def __init__(self) -> None:
        super().__init__()
        start = torch.tensor([-1.5, -3.0, -3.0, -0.4], dtype=torch.float64)
        self.variances = nn.Parameter(start)
        self.lengths = nn.Parameter(torch.tensor([-1.0, 0.0], dtype=torch.float64))

    def forward(self, left: Points, right: Points) -> torch.Tensor:
        """Covariances of n and m items, [B, n, m]."""
        level, of_factors, of_content, _ = self.variances.exp()
        by_factors, by_content = (-2 * self.lengths).exp()
        near = (-by_factors / 2 * _squared(left.q, right.q)).exp()
        alike = (-by_content / 2 * _squared(left.x, right.x)).exp()
        covariance: torch.Tensor = level + of_factors * near + of_content * alike
        return covariance

    @property
    def noise(self) -> torch.Tensor:
        """s, a scalar."""
        return self.variances[3].exp()


def _squared(left: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    """|a - b|^2 of all pairs, [B, n, d] and [B, m, d] -> [B, n, m]."""
    sizes = left.square().sum(-1)[..., :, None] + right.square().sum(-1)[..., None, :]
    return sizes - 2 * left @ right.mT


class Posterior(NamedTuple):
    """What the ratings of B users say: their residuals y [B, n], 0 where there is no rating, and
    the Cholesky factor of K + s, [B, n, n], that of 1 in the rows of padding."""

    y: torch.Tensor
    factor: torch.Tensor

    def log_likelihood(self) -> torch.Tensor:
        """log N(y; 0, K + s) of each user, up to the constant, [B]."""
        white: torch.Tensor = torch.linalg.solve_triangular(
            self.factor, self.y[..., None], upper=False
        )
        log_root = self.factor.diagonal(dim1=1, dim2=2).log().sum(1)
        return -white.square().sum((1, 2)) / 2 - log_root

    def weights(self) -> torch.Tensor:
        """(K + s)^-1 y, [B, n]."""
        solved: torch.Tensor = torch.cholesky_solve(self.y[..., None], self.factor)
        return solved[..., 0]


class GP(Learner):
    """A Gaussian process for each user on the items' content and factors, in closed form."""

    Config: ClassVar[type[LearnerConfig]] = GPConfig
    config: GPConfig

    def __init__(self, config: GPConfig, domain: Domain, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)
        self.factors, self.kernel = Factors(config, domain, rng), Kernel().to(domain.device)
        self.shift = 0.0
        self.ascent = torch.optim.Adam(self.kernel.parameters(), lr=config.rate)

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        if not len(data.value):
            return {}
        if epoch == 0:
            self.factors.start(data)
        cells = Cells.of(data)
        self.factors.sweep(cells)
        self._climb(data, cells, rng)
        if self.config.median_shift:
            self.shift = median_residual(self._expected, data, rng, self.config.batch_size)
        return {"shift": self.shift}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return (self._expected(batch) + self.shift).float()

    def extend(self, domain: Domain) -> None:
        known, fields = self.domain.catalogue.item_fields, domain.catalogue.item_fields
        old, n = len(self.factors.item), domain.catalogue.n_items
        content = content_features(fields, n, self.config.most_ids, known)[old:]
        self.factors.extend(torch.from_numpy(content))
        self.domain = domain

    def state(self) -> Mapping[str, Any]:
        return {name: value for name, value in super().state().items() if name != "ascent"}

    def n_parameters(self) -> int:
        return self.factors.item.numel() + sum(p.numel() for p in self.kernel.parameters())

    def points(self, item: torch.Tensor, vector: torch.Tensor) -> Points:
        """What the kernel reads of items [B, n] that have the given vectors, [B, n, 1 + K]."""
        return Points(vector[..., 1:], self.factors.content[item, 1:])

    def posterior(self, rated: Rated, vector: torch.Tensor) -> Posterior:
        """What the ratings of users say whose items have the given vectors, [B, n, 1 + K]."""
        item, value, mask = rated
        y = (value.double() - self.factors.mean - vector[..., 0]) * mask
        points, both = self.points(item, vector), mask[:, :, None] & mask[:, None]
        noise = torch.where(mask, self.kernel.noise, 1.0)
        covariance = self.kernel(points, points) * both + torch.diag_embed(noise)
        return Posterior(y, torch.linalg.cholesky(covariance))

    def _climb(self, data: TrainingData, cells: Cells, rng: np.random.Generator) -> None:
        """The likelihood of users' lists, supports and queries, a step each batch."""
        fold = rng.integers(0, self.config.folds, len(data.task_user))
        tables = self._held_out(cells, torch.from_numpy(fold).to(data.device))
        fold_of = torch.zeros(self.domain.catalogue.n_users, dtype=torch.int64)
        fold_of[torch.from_numpy(data.task_user.copy())] = torch.from_numpy(fold)
        fold_of = fold_of.to(data.device)
        episodes = data.episodes(rng, self.config.batch_size, max_support=MOST_SUPPORT)
        for episode in islice(episodes, self.config.steps):
            rated = Rated.of(episode)
            vector = tables[fold_of[episode.batch.user][:, None], rated.item]
            loss = -self.posterior(rated, vector).log_likelihood().sum() / rated.mask.sum()
            self.ascent.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self.ascent.step()

    def _held_out(self, cells: Cells, fold: torch.Tensor) -> torch.Tensor:
        """The items' vectors of the ratings outside each fold, [folds, I, 1 + K]; fold: of each
        training user."""
        factors = self.factors
        users, prior = factors.users(cells), factors.content @ factors.weight
        others = [
            cells.where(fold[cells.user] != held_out) for held_out in range(self.config.folds)
        ]
        return torch.stack([factors.items(part, users, prior) for part in others])

    @torch.no_grad()
    def _expected(self, batch: EpisodeBatch) -> torch.Tensor:
        """The posterior mean, float64 [B, Q]."""
        vector, asked = self.factors.item[batch.support_item], self.factors.item[batch.query_item]
        rated = Rated(batch.support_item, batch.support_value, batch.support_mask)
        weights = self.posterior(rated, vector).weights()
        covariance = self.kernel(
            self.points(batch.query_item, asked), self.points(batch.support_item, vector)
        )
        own: torch.Tensor = (covariance @ weights[..., None])[..., 0]
        return self.factors.mean + asked[..., 0] + own
