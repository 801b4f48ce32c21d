"""Linear weight adaptation: a linear model whose weights come from the user's history.

    f(u, i) = b + F_i . (w_0 R_0 + w_1 R_1)

w_0, w_1, b: learned; F, R_0, R_1: `class_means`. Vartak et al. 2017, the
linear classifier, with the identity in place of the sigmoid and the absolute error in place of
the log-likelihood, for ratings. Further departures, as in `nlba`: a rating belongs to both classes,
to liked with its place on the scale; class sums are divided by all ratings of the user, not by the
size of the class (`normalise`); F reads the user's content too; AdamW, averaged weights. It trains
14 epochs at most; `nlba`, in the same frame, has 40.
"""

from typing import ClassVar

import numpy as np
import torch
from torch import nn

from baselines.amortised.amortised_base import Amortised
from baselines.amortised.class_means import HistoryNetwork, VartakConfig
from coldbench import Domain, EpisodeBatch, LearnerConfig

__all__ = ["LWA", "LWAConfig", "LWANetwork"]


class LWAConfig(VartakConfig):
    """Options of the network, the outer optimiser and the episodes, and of the history."""


class LWANetwork(HistoryNetwork):
    """The shared parameters start at -1 (disliked), 1 (liked) and 0."""

    def __init__(self, domain: Domain, c: LWAConfig, rng: np.random.Generator) -> None:
        super().__init__(domain, c, rng)
        self.class_weight = nn.Parameter(torch.tensor([-1.0, 1.0]))
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(
        self, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        query, means = self.read(batch, generator)
        weight = torch.einsum("c,bck->bk", self.class_weight, means)
        return torch.einsum("bqk,bk->bq", query, weight) + self.bias


class LWA(Amortised[LWANetwork]):
    """A linear model on item representations, with weights from the user's history."""

    Config: ClassVar[type[LearnerConfig]] = LWAConfig
    config: LWAConfig

    def build(self, rng: np.random.Generator) -> LWANetwork:
        return LWANetwork(self.domain, self.config, rng)
