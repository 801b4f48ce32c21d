"""In-context learning: a small transformer reads a user's ratings and answers the queries.

    tokens      user:    W_u e_u + b_u
                support: W_u e_u + b_u + W_i e_{i_s} + b_i + W_r r_s + w_support
                query:   W_u e_u + b_u + W_i e_{i_q} + b_i
    a block     x <- x + attention(norm(x) -> norm(user token and support));  x <- x + mlp(norm(x))
    f(u, i_q) = w' norm(x_q) + b, after the last block

Every token attends to the user token and the support, never to a query, so that a prediction does
not depend on what else is asked; there is no code of positions, so the order of ratings does not
matter. No weight moves for a new user: the adaptation is attention, learned on the episodes.

Source: no single paper. Set-to-set prediction by attention without positions: Lee et al.: Set
Transformer, ICML 2019; queries that see the support only: Hollmann et al.: TabPFN, ICLR 2023.
Departures from it: trained on the users' own episodes instead of a prior over data sets, and one
number for an output instead of a distribution. Ours: norms before attention and perceptron, and the
user token, which gives attention something to read without any rating.
"""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from baselines.amortised.amortised_base import Amortised, TaskNetwork
from baselines.amortised.episode_inputs import look_up
from baselines.episodic_base import EpisodicConfig
from baselines.layers import Joint, Linear, mlp
from coldbench import (
    Choice,
    Dimension,
    Domain,
    EpisodeBatch,
    LearnerConfig,
    Real,
    UsageError,
    Whole,
)

__all__ = ["ICL", "Block", "ICLConfig", "ICLNetwork"]


class ICLConfig(EpisodicConfig):
    """Options of the network, the outer optimiser and the episodes, and of the transformer.

    `hidden` has no effect: every layer is `size` wide.
    """

    epochs: int = Field(40, ge=1, description="validation on ML-100K: .843 (14 epochs: .869)")
    size: int = Field(64, ge=1, description="size of a token")
    blocks: int = Field(2, ge=1)
    heads: int = Field(4, ge=1, description="divides `size`")
    rate: float = Field(1e-3, gt=0, description="learning rate of AdamW")
    space: ClassVar[Mapping[str, Dimension]] = {
        **{name: EpisodicConfig.space[name] for name in EpisodicConfig.space if name != "hidden"},
        "rate": Real(2e-4, 0.01, log=True),
        "size": Choice((32, 64, 128)),
        "blocks": Whole(1, 4),
        "heads": Choice((2, 4, 8)),
    }


class Block(nn.Module):
    """Attention to the first tokens, then a perceptron, each with a norm and a residual."""

    def __init__(self, size: int, heads: int, rng: np.random.Generator) -> None:
        super().__init__()
        self.heads = heads
        self.attention_norm, self.mlp_norm = nn.LayerNorm(size), nn.LayerNorm(size)
        self.to_query, self.to_output = Linear(size, size, rng), Linear(size, size, rng)
        self.to_key_value = Linear(size, 2 * size, rng)
        self.mlp = mlp((size, 2 * size, size), rng)

    def forward(self, x: torch.Tensor, mask: torch.Tensor, begin: int = 0) -> torch.Tensor:
        """Tokens x [B, n, size] -> those from `begin` on; mask bool [B, m]: which of the first m
        may be attended to."""
        normed = self.attention_norm(x)
        key, value = self.to_key_value(normed[:, : mask.shape[1]]).chunk(2, -1)
        x, normed = x[:, begin:], normed[:, begin:]
        query, key, value = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in (self.to_query(normed), key, value)
        )
        attended = scaled_dot_product_attention(query, key, value, attn_mask=mask[:, None, None])
        x = x + self.to_output(attended.transpose(1, 2).flatten(2))
        output: torch.Tensor = x + self.mlp(self.mlp_norm(x))
        return output


class ICLNetwork(TaskNetwork):
    """The tokens, the blocks, and an output from what each query's token becomes."""

    def __init__(self, domain: Domain, c: ICLConfig, rng: np.random.Generator) -> None:
        super().__init__(domain, c, rng)
        if c.size % c.heads:
            raise UsageError(f"icl: heads {c.heads} do not divide size {c.size}: change one")
        self.of_user = Linear(self.user.width, c.size, rng)
        self.of_item = Joint((self.item.width, 1, 1), c.size, rng)
        self.blocks = nn.ModuleList(Block(c.size, c.heads, rng) for _ in range(c.blocks))
        self.norm, self.last = nn.LayerNorm(c.size), Linear(c.size, 1, rng)

    def forward(
        self, batch: EpisodeBatch, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        e_user, item, rating = look_up(self, batch, generator)
        user, none = self.of_user(e_user), rating.new_zeros(1, 1, 1)
        support, query = (user + self.of_item(item, none, none)).split(
            [rating.shape[1], batch.query_mask.shape[1]], 1
        )
        _, *of_rating = self.of_item.parts
        shown = sum(part(x) for part, x in zip(of_rating, (rating, none + 1), strict=True))
        x = torch.cat([user, support + shown, query], 1)
        mask = torch.nn.functional.pad(batch.support_mask, (1, 0), value=True)
        for block in self.blocks[:-1]:
            x = block(x, mask)
        x = self.blocks[-1](x, mask, mask.shape[1])  # of what is read next, the queries alone
        output: torch.Tensor = self.last(self.norm(x))[..., 0]
        return output


class ICL(Amortised[ICLNetwork]):
    """A small transformer that reads the support and predicts the queries in context."""

    Config: ClassVar[type[LearnerConfig]] = ICLConfig
    config: ICLConfig

    def build(self, rng: np.random.Generator) -> ICLNetwork:
        return ICLNetwork(self.domain, self.config, rng)
