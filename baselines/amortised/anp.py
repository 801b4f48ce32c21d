"""Attentive neural process: each query attends to those ratings of the support that resemble it.

    v_s = h(e_u, e_{i_s}, r_s)        k_s = W_k m(e_{i_s}),  q = W_q m(e_i)
    c(i) = W_o [sum_s a_s^h W_v^h v_s]_h,   a^h = softmax over s of q^h . k_s^h / sqrt(size / heads)
    f(u, i) = g(e_u, e_i, c(i))

h, m and g: perceptrons; e_u, e_i: content embeddings; h: heads; trained on episodes by the loss of
the queries. Kim, Mnih, Schwarz, Garnelo, Eslami, Rosenbaum, Vinyals, Teh: Attentive Neural
Processes, ICLR 2019, section 3: multihead cross-attention takes the place of the mean of `cnp`,
which gives every query the same vector. Nothing depends on the order of the support.

Departures, each with its reason:
- no latent path (z): it is there for draws of whole functions, and a point is predicted here; so
  the loss is the query's alone, without a divergence (`tanp` has a latent path);
- no self-attention among the support (the paper's figure 2 has it): `icl` is that learner;
- one more key and value of zeros in every support: a user without ratings attends to it alone, and
  one rating shares the weight with it, so that little evidence moves less;
- keys and queries read items only: within a user e_u is the same in each, and says nothing;
- g gives one number and the loss is the absolute error, which is what is measured, where the
  paper's g gives mean and variance of a Gaussian; queries are other ratings than the support;
- size 64 with 4 heads for 128 with 8: the widths of the other networks here.
Axes: B tasks, S support, Q query, H heads.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field
from torch import nn
from torch.nn.functional import pad, scaled_dot_product_attention

from baselines.amortised.amortised_base import Amortised, TaskNetwork
from baselines.amortised.episode_inputs import read_sides
from baselines.episodic_base import EpisodicConfig
from baselines.layers import Joint, Linear, mlp
from coldbench import Choice, Dimension, Domain, EpisodeBatch, LearnerConfig, UsageError

__all__ = ["ANP", "ANPConfig", "ANPNetwork", "CrossAttention"]


class ANPConfig(EpisodicConfig):
    """Options of the network, the outer optimiser and the episodes, and of the attention."""

    epochs: int = Field(40, ge=1, description="validation on ML-100K: .845 (14 epochs: .886)")
    batch_size: int = Field(16, ge=1, description="tasks; as `epochs`")
    size: int = Field(64, ge=1, description="of encodings, keys and values")
    heads: int = Field(4, ge=1, description="divides `size`")
    space: ClassVar[Mapping[str, Dimension]] = {
        **EpisodicConfig.space,
        "size": Choice((32, 64, 128)),
        "heads": Choice((1, 2, 4, 8)),
    }


class CrossAttention(nn.Module):
    """Multihead attention of queries to a support, and to one more key and value of zeros."""

    def __init__(self, size: int, heads: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.heads = heads
        self.to_query, self.to_key = Linear(size, size, rng), Linear(size, size, rng)
        self.to_value, self.to_output = Linear(size, size, rng), Linear(size, size, rng)

    def forward(
        self, query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, mask: torch.Tensor
    ) -> torch.Tensor:
        """query [B, Q, size], key and value [B, S, size], mask bool [B, S] -> [B, Q, size]."""
        asked, *shown = (
            layer(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for layer, x in ((self.to_query, query), (self.to_key, key), (self.to_value, value))
        )
        keys, values = (pad(x, (0, 0, 0, 1)) for x in shown)
        seen = pad(mask, (0, 1), value=True)[:, None, None]
        attended = scaled_dot_product_attention(asked, keys, values, attn_mask=seen)
        output: torch.Tensor = self.to_output(attended.transpose(1, 2).flatten(2))
        return output


class ANPNetwork(TaskNetwork):
    """Encoder h, the items' perceptron m, attention and decoder g, with the layers `hidden`."""

    def __init__(self, domain: Domain, c: ANPConfig, rng: np.random.Generator) -> None:
        super().__init__(domain, c, rng)
        if c.size % c.heads:
            raise UsageError(f"anp: heads {c.heads} do not divide size {c.size}: change one")
        user, item, hidden = self.user.width, self.item.width, c.hidden
        self.pair = Joint((user, item, 1), hidden[0], rng)
        self.encoder = mlp((*hidden, c.size), rng)
        self.place = mlp((item, hidden[0], c.size), rng)
        self.attention = CrossAttention(c.size, c.heads, rng)
        self.query = Joint((user, item, c.size), hidden[0], rng)
        self.decoder = mlp((*hidden, 1), rng)

    def forward(
        self, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        sides = read_sides(self, batch, generator)
        values = self.encoder(self.pair(sides.user, sides.support, sides.rating).relu())
        keys, asked = self.place(sides.support), self.place(sides.query)
        read = self.attention(asked, keys, values, sides.mask)
        output: torch.Tensor = self.decoder(self.query(sides.user, sides.query, read).relu())
        return output[..., 0]


class ANP(Amortised[ANPNetwork]):
    """Attentive neural process: each query attends to the ratings that resemble it."""

    Config: ClassVar[type[LearnerConfig]] = ANPConfig
    config: ANPConfig

    def build(self, rng: np.random.Generator) -> ANPNetwork:
        return ANPNetwork(self.domain, self.config, rng)
