"""R2-D2: learned features, and a ridge regression on them for each user, solved within the graph.

    f(u, i) = beta + phi(u, i) . (w_0 + alpha d_u),   phi = (1, h(e_u, e_i))
    d_u     = argmin_d sum_s (r_s - phi(u, i_s) . (w_0 + d))^2 + d' diag(lambda) d
    sqrt(lambda) d_u = X' (X X' + 1)^-1 y = (X'X + 1)^-1 X'y,   X = phi / sqrt(lambda)

y: what w_0 leaves of the ratings; h: a perceptron on content embeddings. w_0, lambda (one for the
constant, one for the rest), alpha and beta are learned with it through the solve, by the loss of
the queries. The system is S x S (Woodbury's identity) where the support is smaller than the
features. Bertinetto, Henriques, Torr, Vedaldi: Meta-learning with differentiable closed-form
solvers, ICLR 2019.

Departures, each with its reason:
- the ridge is on what the shared head w_0 leaves, where the paper shrinks to a head of 0: a user
  without ratings is then predicted by w_0. This is the prior mean of ALPaCA (Harrison, Sharma,
  Pavone: Meta-learning priors for efficient online Bayesian regression, WAFR 2018);
- with `shorten` some training supports are cut to a random length, as ALPaCA draws horizons. Off by
  default: in validation on ML-100K (seed 1000) half of them cut gives .8925 and .8896 at 0 and 1
  ratings for .8946 and .8924, but .8359 for .8335 on all;
- alpha scales the user's part alone, so that it does not change the prior; beta, the paper's, moves
  the ridge's mean to the median that the absolute error asks for;
- lambda has two entries: users differ more in level than in taste.
Axes: B tasks, n cells, H hidden.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field
from torch import nn

from baselines.amortised.amortised_base import Amortised, TaskNetwork
from baselines.amortised.episode_inputs import read_sides
from baselines.closed_form.ridge import solve_dual, solve_primal
from baselines.episodic_base import EpisodicConfig
from baselines.layers import Joint, Linear, mlp
from coldbench import Dimension, Domain, EpisodeBatch, LearnerConfig, Real

__all__ = ["R2D2", "R2D2Config", "R2D2Network", "head"]

PACE = 10  # of the logarithms of lambda and alpha: their steps against those of weights


class R2D2Config(EpisodicConfig):
    """Options of the network, the outer optimiser and the episodes, and of the ridge."""

    epochs: int = Field(28, ge=1, description="validation on ML-100K: .835 (14 epochs: .837)")
    penalty: float = Field(1.0, gt=0, description="lambda of the features, to start with")
    shrink_user: float = Field(3.0, gt=0, description="lambda of the constant, to start with")
    shorten: float = Field(
        0.0, ge=0, le=1, description="share of training supports that are cut to a random length"
    )
    rate: float = Field(1e-3, gt=0, description="learning rate of AdamW")
    space: ClassVar[Mapping[str, Dimension]] = {
        **EpisodicConfig.space,
        "penalty": Real(0.05, 50, log=True),
        "shrink_user": Real(0.5, 20, log=True),
        "shorten": Real(0, 1),
    }


class R2D2Network(TaskNetwork):
    """The features, the shared head, and what the ridge needs."""

    def __init__(self, domain: Domain, c: R2D2Config, rng: np.random.Generator) -> None:
        super().__init__(domain, c, rng)
        self.shorten = c.shorten
        self.pair = Joint((self.user.width, self.item.width), c.hidden[0], rng)
        self.body = mlp(c.hidden, rng)
        self.shared = Linear(c.hidden[-1], 1, rng)
        self.start = c.shrink_user, c.penalty
        self.log_penalty, self.log_scale = (
            nn.Parameter(torch.zeros(2)),
            nn.Parameter(torch.zeros(1)),
        )
        self.beta = nn.Parameter(torch.zeros(1))

    def penalty(self) -> torch.Tensor:
        """lambda of the constant and of the features, [1 + H]."""
        start = self.log_penalty.new_tensor(self.start)
        own = start * (PACE * self.log_penalty).exp()
        return torch.cat([own[:1], own[1:].expand(self.shared.weight.shape[1])])

    def features(self, user: torch.Tensor, item: torch.Tensor) -> torch.Tensor:
        """h(e_u, e_i) for items [B, n, I]: [B, n, H]."""
        hidden: torch.Tensor = self.body(self.pair(user, item).relu()).relu()
        return hidden

    def forward(
        self, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        sides = read_sides(self, batch, generator)
        mask = sides.mask if generator is None else self._shortened(sides.mask, generator)
        support = self.features(sides.user, sides.support)
        query = self.features(sides.user, sides.query)
        rest = (sides.rating - self.shared(support))[..., 0]
        own = head(support, rest, mask, self.penalty()) * (PACE * self.log_scale).exp()
        adapted = own[:, :1] + torch.einsum("bqh,bh->bq", query, own[:, 1:])
        output: torch.Tensor = self.shared(query)[..., 0] + adapted + self.beta
        return output

    def _shortened(self, mask: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        """The first so many cells of some supports, 0 to all of them: cells are in random order."""
        chosen, share = torch.rand(2, len(mask), 1, generator=generator).to(mask.device)
        kept = (share * (mask.sum(1, keepdim=True) + 1)).floor()
        within = torch.arange(mask.shape[1], device=mask.device) < kept
        shortened: torch.Tensor = mask & (within | (chosen >= self.shorten))
        return shortened


def head(
    features: torch.Tensor, y: torch.Tensor, mask: torch.Tensor, penalty: torch.Tensor
) -> torch.Tensor:
    """Each task's ridge on (1, features), features [B, S, H], y and mask [B, S]: [B, 1 + H].

    In float64, so that a prediction does not hang on which of the two systems is solved.
    """
    x = nn.functional.pad(features, (1, 0), value=1.0) * mask[..., None]
    solve = solve_dual if x.shape[1] < x.shape[2] else solve_primal
    solved: torch.Tensor = solve(x.double(), (y * mask).double(), penalty.double())
    return solved.to(y.dtype)


class R2D2(Amortised[R2D2Network]):
    """A ridge regression for each user on learned features, around a shared head."""

    Config: ClassVar[type[LearnerConfig]] = R2D2Config
    config: R2D2Config

    def build(self, rng: np.random.Generator) -> R2D2Network:
        return R2D2Network(self.domain, self.config, rng)
