"""Gibbs sampling of the users' and items' vectors: everything but what is asked of it.

    z_ui = (r_ui - mean) / sd = b_u + b_i + p_u . q_i + e_ui,   e_ui ~ N(0, 1 / a)
    (b_u, p_u) and (b_i, q_i) have the priors of `baselines.factorisation.linear_prior`
    (b_u, p_u) | rest ~ N(P^-1 h, P^-1),   P = L_U + a sum_i (1, q_i)(1, q_i)'
                                           h = L_U W_U' x_u + a sum_i (1, q_i) (z_ui - b_i)
    (b_i, q_i) | rest   likewise;   a | rest ~ Gamma((1 + n) / 2, (1 + sum e_ui^2) / 2)

All users are drawn in one batched solve, then all items. Items without a training rating take no
part; they hold their prior's mean. Axes: T users, I items, n ratings, K factors.
"""

from typing import NamedTuple

import numpy as np
import torch

from baselines.closed_form.ridge_regressions import Cells, add_groups
from baselines.factorisation.gaussians import conditional_draw, conditional_mean, normals
from baselines.factorisation.linear_prior import LinearPrior

__all__ = ["Gibbs", "State", "conditional", "with_one"]


class State(NamedTuple):
    """One sample: what folding in a new user needs.

    item [I, 1 + K], their prior's mean where unseen; item_weight and user_weight: W of both
    priors, [D, 1 + K]; user_precision [1 + K, 1 + K]; noise: a.
    """

    item: torch.Tensor
    item_weight: torch.Tensor
    user_weight: torch.Tensor
    user_precision: torch.Tensor
    noise: float


class Gibbs:
    """The chain. cells: ratings in units of their standard deviation, from their mean; task_user
    int64 [T] are the users that `cells.user` counts; item: start of the vectors, [I, 1 + K]."""

    def __init__(
        self,
        cells: Cells,
        task_user: torch.Tensor,
        users: LinearPrior,
        items: LinearPrior,
        item: torch.Tensor,
    ) -> None:
        self.cells, self.task_user = cells, task_user
        self.users, self.items, self.item = users, items, item
        self.user = item.new_zeros(cells.n_users, item.shape[1])
        self.seen = torch.bincount(cells.item, minlength=len(item)) > 0
        self.noise = 1.0

    def sweep(self, rng: np.random.Generator) -> None:
        """A draw of everything, given the rest in turn."""
        cells, seen = self.cells, torch.nonzero(self.seen)[:, 0]
        self.user = self._draw(cells.user, self.item[cells.item], self.users, self.task_user, rng)
        every = torch.arange(len(self.item), device=self.item.device)
        drawn = self._draw(cells.item, self.user[cells.user], self.items, every, rng)
        self.item = torch.where(self.seen[:, None], drawn, self.items.mean)
        self.noise = self._noise(rng)
        self.users.sample(self.user, self.task_user, rng)
        self.items.sample(self.item[seen], seen, rng)

    def state(self) -> State:
        """The sample as it stands."""
        item = torch.where(self.seen[:, None], self.item, self.items.mean)
        return State(
            item,
            self.items.weight,
            self.users.weight,
            self.users.precision,
            self.noise,
        )

    def items_without(self, left_out: torch.Tensor) -> torch.Tensor:
        """The mean of all items' vectors given the users that are not left out (bool [T])."""
        kept = self.cells.where(~left_out[self.cells.user])
        user, mean = self.user[kept.user], self.items.mean
        precision, right = conditional(
            kept.item, with_one(user), kept.value - user[:, 0], mean, self.items.precision,
            self.noise,
        )  # fmt: skip
        return conditional_mean(precision, right)

    def _draw(
        self,
        group: torch.Tensor,
        other: torch.Tensor,
        prior: LinearPrior,
        index: torch.Tensor,
        rng: np.random.Generator,
    ) -> torch.Tensor:
        """The vectors of one side, given those of the other at each rating, [n, 1 + K]."""
        x, y = with_one(other), self.cells.value - other[:, 0]
        mean = prior.content[index] @ prior.weight
        precision, right = conditional(group, x, y, mean, prior.precision, self.noise)
        return conditional_draw(precision, right, normals(rng, *right.shape).to(right.device))

    def _noise(self, rng: np.random.Generator) -> float:
        user, item = self.user[self.cells.user], self.item[self.cells.item]
        error = self.cells.value - item[:, 0] - (with_one(item) * user).sum(1)
        rate = 1 + float(error.square().sum())
        return float(rng.gamma(0.5 * (1 + len(error)), 2 / rate))


def conditional(
    group: torch.Tensor,
    x: torch.Tensor,
    y: torch.Tensor,
    mean: torch.Tensor,
    prior: torch.Tensor,
    noise: float,
) -> tuple[torch.Tensor, torch.Tensor]:
    """P [G, K, K] and h [G, K] of each group's vector: its regression of y [n] on x [n, K] with
    noise of precision `noise`, under N(mean [G, K], prior^-1)."""
    precision = (prior / noise).expand(len(mean), *prior.shape).clone()
    right = mean @ prior / noise
    add_groups(precision, right, group, x, y)
    return precision * noise, right * noise


def with_one(vector: torch.Tensor) -> torch.Tensor:
    """(1, factors): what the other side's (bias, factors) is multiplied with."""
    return torch.cat([torch.ones_like(vector[..., :1]), vector[..., 1:]], -1)
