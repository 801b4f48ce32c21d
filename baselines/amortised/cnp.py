"""Conditional neural process: a user is the mean of their encoded ratings.

    v_s = h(e_u, e_{i_s}, r_s)        v_u = sum_s v_s / (n + shrink)
    f(u, i) = g(e_u, e_i, v_u)

h and g: perceptrons; e_u, e_i: content embeddings; trained on episodes by the loss of the
queries. Garnelo, Rosenbaum, Maddison, Ramalho, Saxton, Shanahan, Teh, Rezende, Eslami:
Conditional Neural Processes, ICML 2018, equations 1 to 3. The mean does not depend on the order
of the support, and no weight moves for a new user.

Departures: g gives one number and the loss is the absolute error, which is what is measured,
where the paper's g gives mean and variance of a Gaussian; queries are other ratings than the
support, where the paper predicts both, and half of a user's ratings, at most 40, where the paper
draws the size of a context at random. As all neural learners here: content embeddings, layers of
64, AdamW with a falling rate and averaged weights. With `shrink` short supports pull less, and a
user without ratings is v_u = 0; 0 is the paper's mean.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field

from baselines.amortised.amortised_base import Amortised, TaskNetwork
from baselines.amortised.episode_inputs import read_sides
from baselines.episodic_base import EpisodicConfig
from baselines.layers import Joint, mlp, support_mean
from coldbench import Choice, Dimension, Domain, EpisodeBatch, LearnerConfig, Real

__all__ = ["CNP", "CNPConfig", "CNPNetwork"]


class CNPConfig(EpisodicConfig):
    """Options of the network, the outer optimiser and the episodes, and of the user vector."""

    epochs: int = Field(40, ge=1, description="validation on ML-100K: .846 (14 epochs: .896)")
    latent: int = Field(64, ge=1, description="size of a user vector")
    shrink: float = Field(0.0, ge=0, description="cells of zeros added to the mean")
    space: ClassVar[Mapping[str, Dimension]] = {
        **EpisodicConfig.space,
        "latent": Choice((16, 32, 64, 128)),
        "shrink": Real(0.0, 8.0),
    }


class CNPNetwork(TaskNetwork):
    """Encoder h and decoder g, both with the layers `hidden`."""

    def __init__(self, domain: Domain, c: CNPConfig, rng: np.random.Generator) -> None:
        super().__init__(domain, c, rng)
        user, item, hidden = self.user.width, self.item.width, c.hidden
        self.shrink = c.shrink
        self.pair = Joint((user, item, 1), hidden[0], rng)
        self.encoder = mlp((*hidden, c.latent), rng)
        self.query = Joint((user, item, c.latent), hidden[0], rng)
        self.decoder = mlp((*hidden, 1), rng)

    def user_vector(
        self, user: torch.Tensor, support: torch.Tensor, rating: torch.Tensor, mask: torch.Tensor
    ) -> torch.Tensor:
        """v_u [B, latent]: see `baselines.amortised.episode_inputs.Sides` for the shapes."""
        pairs = self.encoder(self.pair(user, support, rating).relu())
        return support_mean(pairs, mask, self.shrink)

    def forward(
        self, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        sides = read_sides(self, batch, generator)
        vector = self.user_vector(sides.user, sides.support, sides.rating, sides.mask)
        hidden = self.query(sides.user, sides.query, vector[:, None]).relu()
        output: torch.Tensor = self.decoder(hidden)[..., 0]
        return output


class CNP(Amortised[CNPNetwork]):
    """Conditional neural process: the user vector is the mean of encoded item-rating pairs."""

    Config: ClassVar[type[LearnerConfig]] = CNPConfig
    config: CNPConfig

    def build(self, rng: np.random.Generator) -> CNPNetwork:
        return CNPNetwork(self.domain, self.config, rng)
