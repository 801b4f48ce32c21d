"""What amortised learners read of a batch: embeddings of both sides, and the support's ratings.

Axes: B tasks, S support, Q query; U and I: sizes of a user's and of an item's embeddings.
"""

from typing import NamedTuple

import torch
from torch.nn.functional import embedding

from baselines.layers import Lookup
from baselines.network import Content
from coldbench import EpisodeBatch

__all__ = ["Sides", "look_up", "read_sides"]


class Sides(NamedTuple):
    """user [B, 1, U]; support [B, S, I] and query [B, Q, I]: items; rating [B, S, 1]: those of the
    support in the network's unit; mask bool [B, S]."""

    user: torch.Tensor
    support: torch.Tensor
    query: torch.Tensor
    rating: torch.Tensor
    mask: torch.Tensor


def read_sides(
    network: Content, batch: EpisodeBatch, generator: torch.Generator | None = None
) -> Sides:
    """Embeds each user and each distinct item once; a generator turns dropout on."""
    distinct, position = batch.distinct
    e_user = network.user(batch.user, generator)[:, None]
    e_item = embedding(position, network.item(distinct, generator))
    n = batch.support_item.shape[1]
    rating = network.normal(batch.support_value.to(e_item.dtype))[..., None]
    return Sides(e_user, e_item[:, :n], e_item[:, n:], rating, batch.support_mask)


def look_up(
    network: Content, batch: EpisodeBatch, generator: torch.Generator | None = None
) -> tuple[torch.Tensor, Lookup, torch.Tensor]:
    """Users [B, 1, U], the items of all cells [B, S + Q], supports first, by the row of each, and
    the support's ratings [B, S, 1]: the same before the items are read."""
    distinct, position = batch.distinct
    e_user = network.user(batch.user, generator)[:, None]
    e_item = network.item(distinct, generator)
    rating = network.normal(batch.support_value.to(e_item.dtype))[..., None]
    return e_user, Lookup(e_item, position), rating
