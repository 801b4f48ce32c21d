"""Validation tasks: pseudo-cold users and pseudo-cold items, carved out of the training ratings.

They look like the four test scenarios, and nothing of the test tasks is touched, so that the
stopping rule and tuning see cold users and cold items without seeing the real ones.
"""

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from coldbench.protocols.states import newest_items
from coldbench.ragged import Ragged
from coldbench.ratings import Array, Ratings
from coldbench.rng import Seeds, generator
from coldbench.splits import Tasks, scenario_of

__all__ = ["Validation", "carve", "without"]


class Validation(BaseModel):
    """How much of the training data is held out while the number of epochs is chosen.

    users: share of training users that are pseudo-cold, and of those whose warm ratings are
    pseudo W-W queries; items: share of training ratings on pseudo-cold items (the newest warm
    ones); min_ratings: shortest task; query: most query ratings of a task (at most half).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    users: float = Field(0.2, ge=0, lt=0.5)
    items: float = Field(0.15, ge=0, lt=0.5)
    min_ratings: int = Field(6, ge=2)
    query: int = Field(10, ge=1)


def carve(
    ratings: Ratings, users: Array, train: Ragged, seeds: Seeds, options: Validation
) -> tuple[Ragged, Tasks]:
    """The training rows that remain, and the validation tasks.

    Held out of training: all rows of pseudo-cold users, all rows on pseudo-cold items, and the
    query rows of the pseudo W-W tasks.
    """
    rng = generator(seeds.split, "validation")
    drawn = rng.permutation(len(users))
    n = round(options.users * len(users))
    cold_task, asked = np.isin(np.arange(len(users)), drawn[:n]), drawn[n : 2 * n]
    cold_item = newest_items(ratings, train.rows, options.items, rng)[ratings.item[train.rows]]
    cold_user = cold_task[train.owner]
    episodes = generator(seeds.episode, "validation")
    parts = []
    for user_state in (False, True):
        for item_state in (False, True):
            here = train.where((cold_user == user_state) & (cold_item == item_state))
            keep = here.lengths >= options.min_ratings
            if not (user_state or item_state):
                keep &= np.isin(np.arange(len(users)), asked)
            here = here.select(keep).shuffled(episodes)
            query, support = here.split(np.minimum(here.lengths // 2, options.query))
            state = np.full(len(query.rows), user_state), np.full(len(query.rows), item_state)
            parts.append(Tasks(users[keep], support, query, scenario_of(*state)))
    kept = train.where(~(cold_user | cold_item))
    return without(kept, parts[0].query.rows), Tasks.join(parts)


def without(train: Ragged, rows: Array) -> Ragged:
    """The lists without the given rows."""
    return train.where(~np.isin(train.rows, rows))
