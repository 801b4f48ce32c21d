"""The item's id as one more content field: how the neural learners that know items see them.

The field is a category of n_items + 1 ids (0 = unknown), so that `ContentEmbedding` embeds it as
any other, hides it at random in training and maps items that training never showed to unknown.
The learners here are published in this form. `item_id`, the option of all others, adds an offset
and hides the ids of whole tasks (`coldbench.IdentityEmbedding`).
"""

from dataclasses import replace

import numpy as np
import torch

from baselines.network import RARE, ContentNetwork
from coldbench import Domain, Field

__all__ = ["id_weight", "keep_all_ids", "with_item_ids", "with_more_items"]


def with_item_ids(domain: Domain) -> Domain:
    """The domain with the item's id as its last item field; always a rare one, however small."""
    n = domain.catalogue.n_items
    ids = np.arange(1, n + 1, dtype=np.int32)
    field = Field("item_id", "category", max(n, RARE) + 1, ids)
    fields = (*domain.catalogue.item_fields, field)
    return replace(domain, catalogue=replace(domain.catalogue, item_fields=fields))


def with_more_items(known: Domain, domain: Domain) -> Domain:
    """`domain` with the item ids of `known`, which has them; further items have unknown ids."""
    field = known.catalogue.item_fields[-1]
    added = domain.catalogue.n_items - len(field.values)
    field = replace(field, values=np.pad(field.values, (0, added)))
    fields = (*domain.catalogue.item_fields, field)
    return replace(domain, catalogue=replace(domain.catalogue, item_fields=fields))


def id_weight(network: ContentNetwork) -> torch.nn.Parameter:
    """The embedding table of the ids: row i + 1 is that of item i, row 0 of unknown; [>I, D]."""
    weight: torch.nn.Parameter = network.item.weights[-1]
    return weight


def keep_all_ids(network: ContentNetwork, n_items: int) -> None:
    """After `observe`: items that training never showed keep a row of their own."""
    ids = torch.arange(1, n_items + 1, device=id_weight(network).device)[:, None]
    setattr(network.item, f"ids{len(network.item.weights) - 1}", ids)
