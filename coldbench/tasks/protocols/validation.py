"""Validation tasks: pseudo-cold users and pseudo-cold items, carved out of the training ratings.

They look like the four test scenarios, and nothing of the test tasks is touched, so that the
stopping rule and tuning see cold users and cold items without seeing the real ones.
"""

from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from coldbench.data import Array, Ragged, Ratings
from coldbench.rng import Seeds, generator
from coldbench.tasks.protocols.states import ColdItems, pseudo_cold_items
from coldbench.tasks.splits import Tasks, scenario_of

__all__ = ["Others", "Validation", "carve", "without"]

ENOUGH = 50  # tasks of a scenario; with fewer, shorter ones are taken too


class Validation(BaseModel):
    """How much of the training data is held out while the number of epochs is chosen.

    users: share of training users that are pseudo-cold, and of those whose warm ratings are
    pseudo W-W queries; items: share of training ratings on pseudo-cold items (the newest warm
    ones, or random ones where cold items are); min_ratings: shortest task; query: most query
    ratings of a task (at most half).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    users: float = Field(0.2, ge=0, lt=0.5)
    items: float = Field(0.15, ge=0, lt=0.5)
    min_ratings: int = Field(6, ge=2)
    query: int = Field(10, ge=1)


@dataclass(frozen=True, eq=False)
class Others:
    """Users whose ratings neither train nor test, although tests meet such users, and how long a
    test task is: at least `least` ratings, `most` of them or fewer, `query` of them to predict.

    user int64 [V]; rows: their ratings, one list each.
    """

    user: Array
    rows: Ragged
    least: int
    most: int
    query: int


def carve(
    ratings: Ratings,
    users: Array,
    train: Ragged,
    seeds: Seeds,
    options: Validation,
    others: Others | None = None,
    most: int | None = None,
    how: ColdItems = "by-year",
) -> tuple[Ragged, Tasks]:
    """The training rows that remain, and the validation tasks, at most `most` of a scenario.

    Held out of training: all rows of pseudo-cold users, all rows on pseudo-cold items, and the
    query rows of the pseudo W-W tasks. Pseudo-cold items are chosen as the cold ones are (`how`).
    With `others`, these users have tasks on pseudo-cold items
    as well, and tasks are as long as in the test where there are ENOUGH of them.
    """
    rng = generator(seeds.split, "validation")
    drawn = rng.permutation(len(users))
    n = round(options.users * len(users))
    cold_task, asked = np.isin(np.arange(len(users)), drawn[:n]), drawn[n : 2 * n]
    pseudo = pseudo_cold_items(ratings, train.rows, options.items, rng, how)
    cold_item = pseudo[ratings.item[train.rows]]
    cold_user = cold_task[train.owner]
    if others is not None:
        drawn = rng.permutation(len(others.user))
        cold_other = np.isin(np.arange(len(drawn)), drawn[: round(options.users * len(drawn))])
        pseudo_cold = others.rows.where(pseudo[ratings.item[others.rows.rows]])
    episodes = generator(seeds.episode, "validation")
    parts = []
    for user_state in (False, True):
        for item_state in (False, True):
            here, who = train.where((cold_user == user_state) & (cold_item == item_state)), users
            wanted = np.ones(len(users), dtype=bool)
            if not (user_state or item_state):
                wanted = np.isin(np.arange(len(users)), asked)
            if others is not None and item_state:
                mine = cold_other == user_state
                here = here.joined(pseudo_cold.select(mine))
                who = np.concatenate([users, others.user[mine]])
                wanted = np.ones(len(who), dtype=bool)
            keep = _kept(here.lengths, wanted, options, others)
            here = here.select(keep).shuffled(episodes)
            query, support = here.split(_asked(here.lengths, options, others))
            state = np.full(len(query.rows), user_state), np.full(len(query.rows), item_state)
            parts.append(Tasks(who[keep], support, query, scenario_of(*state)))
    parts = [part.drawn(most, episodes) for part in parts]
    kept = train.where(~(cold_user | cold_item))
    return without(kept, parts[0].query.rows), Tasks.join(parts)


def _kept(lengths: Array, wanted: Array, options: Validation, others: Others | None) -> Array:
    usable = wanted & (lengths >= options.min_ratings)
    if others is None:
        return usable
    like_test = wanted & (lengths >= others.least) & (lengths <= others.most)
    return like_test if like_test.sum() >= ENOUGH else usable


def _asked(lengths: Array, options: Validation, others: Others | None) -> Array:
    """How many ratings of each task are its query."""
    half = np.minimum(lengths // 2, options.query)
    return half if others is None else np.where(lengths >= others.least, others.query, half)


def without(train: Ragged, rows: Array) -> Ragged:
    """The lists without the given rows."""
    return train.where(~np.isin(train.rows, rows))
