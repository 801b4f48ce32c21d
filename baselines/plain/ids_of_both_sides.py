"""The ids of users and items as one more content field each, for networks that read both.

As in `baselines.item_side.item_ids` an id is a rare field: hidden at random in training, and
unknown (0) for users and items that training never showed.
"""

from dataclasses import replace

import numpy as np

from baselines.network import RARE
from coldbench import Domain, Field

__all__ = ["with_ids"]


def with_ids(domain: Domain, n_users: int, n_items: int) -> Domain:
    """The domain with the ids of its first `n_users` and `n_items` as the last field of each
    side; those that come after them are unknown."""
    known = domain.catalogue
    user = _ids("user_id", known.n_users, n_users)
    item = _ids("item_id", known.n_items, n_items)
    catalogue = replace(
        known, user_fields=(*known.user_fields, user), item_fields=(*known.item_fields, item)
    )
    return replace(domain, catalogue=catalogue)


def _ids(name: str, n: int, first: int) -> Field:
    ids = np.arange(1, n + 1, dtype=np.int32)
    ids[first:] = 0
    return Field(name, "category", max(first, RARE) + 1, ids)
