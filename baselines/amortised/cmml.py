"""CMML: a context vector of the user modulates the network, cell by cell.

    context     c = mean_s mlp(x_s, mlp_r(r_s)),  x_s = [e_u, e_{i_s}], no gradient into x_s
    hybrid      d = x * c                                            (elementwise, for each query)
    modulation  (gamma_l, beta_l) from a perceptron of d, one pair for each hidden layer l
    network     h_l = leaky_relu(gamma_l * (W_l h_{l-1} + b_l) + beta_l),  h_0 = x;  f = w' h_L + b

Feng, Chen, Li, Zhao, Hao, Wang: CMML: Contextual Modulation Meta Learning for Cold-Start
Recommendation, CIKM 2021: mean context encoder, hybrid context generator and FiLM modulation;
layers as in the authors' released code for users (`meta_mlp_context`), which settles what the
text leaves open. No weight moves for a new user.

Departures, all switches or sizes: gamma is 1 + the perceptron's output (`residual`), so that the
network starts as an unmodulated one (released: the output itself, which multiplies all by almost
0); the hypernetwork is 64 wide, not 256; c starts at 1 + its encoder, so that a user without
ratings has the context 1, d = x, instead of 0; absolute error instead of squared; AdamW with a
falling rate and averaged weights; supports are half of a user's ratings, drawn anew each epoch.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field
from torch import nn
from torch.nn.functional import leaky_relu

from baselines.amortised.amortised_base import Amortised, TaskNetwork
from baselines.amortised.episode_inputs import read_sides
from baselines.episodic_base import EpisodicConfig
from baselines.layers import Joint, Linear, mlp, support_mean
from coldbench import Choice, Dimension, Domain, EpisodeBatch, LearnerConfig

__all__ = ["CMML", "CMMLConfig", "CMMLNetwork"]


class CMMLConfig(EpisodicConfig):
    """Options of the network, the outer optimiser and the episodes, and of the modulation."""

    epochs: int = Field(28, ge=1, description="validation on ML-100K: .851 (14 epochs: .859)")
    hyper: int = Field(64, ge=1, description="width of the hypernetwork; released: 256")
    residual: bool = Field(True, description="context and gamma start at 1; released: at 0")
    detach: bool = Field(True, description="no gradient into the context's embeddings: released")
    space: ClassVar[Mapping[str, Dimension]] = {
        **EpisodicConfig.space,
        "hyper": Choice((32, 64, 128, 256)),
        "residual": Choice((False, True)),
        "detach": Choice((False, True)),
    }


class CMMLNetwork(TaskNetwork):
    """Context encoder, hypernetwork and modulated network (all hidden layers of `hidden`)."""

    def __init__(self, domain: Domain, c: CMMLConfig, rng: np.random.Generator) -> None:
        super().__init__(domain, c, rng)
        self.detach, self.start = c.detach, float(c.residual)
        self.rating_encoder = mlp((1, 64, 64), rng)
        self.pair = Joint((self.user.width, self.item.width, 64), 64, rng)
        self.context = Linear(64, self.width, rng)
        sizes = (self.width, *c.hidden)
        self.layers = nn.ModuleList(
            Linear(sizes[k], sizes[k + 1], rng) for k in range(len(c.hidden))
        )
        inputs = (self.width, *([c.hyper] * len(c.hidden)))
        self.hyper = nn.ModuleList(Linear(inputs[k], c.hyper, rng) for k in range(len(c.hidden)))
        self.films = nn.ModuleList(Linear(c.hyper, 2 * size, rng) for size in c.hidden)
        self.last = Linear(c.hidden[-1], 1, rng)

    def forward(
        self, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        sides = read_sides(self, batch, generator)
        user, support = sides.user, sides.support
        if self.detach:
            user, support = user.detach(), support.detach()
        pairs = self.context(self.pair(user, support, self.rating_encoder(sides.rating)).relu())
        context = self.start + support_mean(pairs, sides.mask)
        user = sides.user.expand(-1, sides.query.shape[1], -1)
        hidden = torch.cat([user, sides.query], 2)
        hyper = hidden * context[:, None]
        for layer, hyper_layer, film in zip(self.layers, self.hyper, self.films, strict=True):
            hyper = hyper_layer(hyper).relu()
            gamma, beta = film(hyper).chunk(2, -1)
            hidden = leaky_relu((self.start + gamma) * layer(hidden) + beta)
        output: torch.Tensor = self.last(hidden)[..., 0]
        return output


class CMML(Amortised[CMMLNetwork]):
    """Contextual modulation: a user's ratings make a context, which modulates the network."""

    Config: ClassVar[type[LearnerConfig]] = CMMLConfig
    config: CMMLConfig

    def build(self, rng: np.random.Generator) -> CMMLNetwork:
        return CMMLNetwork(self.domain, self.config, rng)
