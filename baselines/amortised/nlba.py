"""Non-linear bias adaptation: a network whose biases come from the user's history.

    h_0 = F_i       h_l = relu(W_l h_{l-1} + b_l + V_l0 R_0 + V_l1 R_1)
    f(u, i) = the last layer, without relu

W, b, V: learned, shared by all users; F, R_0, R_1: `class_means`. Vartak et al. 2017,
the non-linear classifier: the weights of H are shared, and the biases of all its units are
linear in the history. With
absolute error in place of the log-likelihood, for ratings; b_l, the bias of a user without
history, is ours. Further departures, as in `lwa`: a rating belongs to both classes, to liked with
its place on the scale; class sums are divided by all ratings of the user, not by the size of the
class (`normalise`); F reads the user's content too; AdamW, averaged weights.
"""

from itertools import pairwise
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field
from torch import nn

from baselines.amortised.amortised_base import Amortised
from baselines.amortised.class_means import HistoryNetwork, VartakConfig
from baselines.layers import Joint
from coldbench import Domain, EpisodeBatch, LearnerConfig

__all__ = ["NLBA", "NLBAConfig", "NLBANetwork"]


class NLBAConfig(VartakConfig):
    """Options of the network, the outer optimiser and the episodes, and of the history."""

    epochs: int = Field(40, ge=1, description="validation on ML-100K: .881 (14 epochs: .915)")


class NLBANetwork(HistoryNetwork):
    """H, with the layers `hidden`."""

    def __init__(self, domain: Domain, c: NLBAConfig, rng: np.random.Generator) -> None:
        super().__init__(domain, c, rng)
        sizes = (c.latent, *c.hidden, 1)
        self.layers = nn.ModuleList(
            Joint((inputs, c.latent, c.latent), outputs, rng) for inputs, outputs in pairwise(sizes)
        )

    def forward(
        self, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        hidden, means = self.read(batch, generator)
        disliked, liked = means[:, :1], means[:, 1:]
        for index, layer in enumerate(self.layers):
            hidden = layer(hidden.relu() if index else hidden, disliked, liked)
        return hidden[..., 0]


class NLBA(Amortised[NLBANetwork]):
    """A network on item representations, with biases from the user's history."""

    Config: ClassVar[type[LearnerConfig]] = NLBAConfig
    config: NLBAConfig

    def build(self, rng: np.random.Generator) -> NLBANetwork:
        return NLBANetwork(self.domain, self.config, rng)
