"""What amortised learners read of a batch: embeddings of both sides, and the known ratings.

Axes: B tasks, S support, Q query, U numbers a user, I numbers an item.
"""

from typing import NamedTuple

import torch
from torch.nn.functional import embedding

from baselines.network import Content
from coldbench import EpisodeBatch

__all__ = ["Sides", "read_sides"]


class Sides(NamedTuple):
    """user [B, 1, U]; known [B, S, I] and asked [B, Q, I]: items; value [B, S, 1]: ratings of the
    support in the network's unit; mask bool [B, S]."""

    user: torch.Tensor
    known: torch.Tensor
    asked: torch.Tensor
    value: torch.Tensor
    mask: torch.Tensor


def read_sides(
    network: Content, batch: EpisodeBatch, generator: torch.Generator | None = None
) -> Sides:
    """Embeds each user and each distinct item once; a generator turns dropout on."""
    items = torch.cat([batch.support_item, batch.query_item], 1)
    distinct, place = torch.unique(items, return_inverse=True)
    e_user = network.user(batch.user, generator)[:, None]
    e_item = embedding(place, network.item(distinct, generator))
    n = batch.support_item.shape[1]
    value = network.normal(batch.support_value.to(e_item.dtype))[..., None]
    return Sides(e_user, e_item[:, :n], e_item[:, n:], value, batch.support_mask)
