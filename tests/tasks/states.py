"""States as MeLU's repository has them, made of any ratings."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from coldbench.data.ratings import Ratings

__all__ = ["melu_states", "write_states"]

NAMES = ("warm_state", "item_cold_state", "user_cold_state", "user_and_item_cold_state")


def melu_states(ratings: Ratings, users: int | None = None, seed: int = 0) -> dict[str, Any]:
    """A fifth of the users and a third of the items are cold: lists of item ids and of ratings,
    by user; users: take only so many."""
    rng = np.random.default_rng(seed)
    n = ratings.catalogue.n_users
    taken = rng.permutation(n)[:users]
    cold_user, cold_item = rng.random(n) < 0.2, rng.random(ratings.catalogue.n_items) < 1 / 3
    states: dict[str, Any] = {name: {} for name in NAMES}
    states |= {f"{name}_y": {} for name in NAMES}
    for row in rng.permutation(np.flatnonzero(np.isin(ratings.user, taken))):
        user, item = ratings.user[row], ratings.item[row]
        name = NAMES[2 * cold_user[user] + cold_item[item]]
        key, shown = str(ratings.user_id[user]), str(ratings.item_id[item])
        states[name].setdefault(key, []).append(int(shown) if shown.isdecimal() else shown)
        states[f"{name}_y"].setdefault(key, []).append(float(ratings.value[row]))
    return states


def write_states(folder: Path, states: dict[str, Any]) -> None:
    """A JSON file for each."""
    for name, lists in states.items():
        (folder / f"{name}.json").write_text(json.dumps(lists))
