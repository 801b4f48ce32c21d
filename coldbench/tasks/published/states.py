"""Tasks as the repositories of MeLU, MetaHIN and their successors have them: a JSON file a state.

`warm_state.json` maps each user to a list of items, `warm_state_y.json` to their ratings, and so
on for each state. A user within a test state is a task that is still to be divided into support
and query; the lists of the training state are training ratings.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from coldbench.data import Array
from coldbench.errors import DataError, shorten
from coldbench.tasks.published.listed import TO_DIVIDE, TRAIN, Listed

__all__ = ["STATES", "read_states"]

TRAINING = -1
STATES = {
    "warm_state": TRAINING,
    "user_warm_state": TRAINING,
    "meta_training": TRAINING,
    "warm_up": 0,
    "non_cold_testing": 0,
    "item_cold_state": 1,
    "item_cold_testing": 1,
    "user_cold_state": 2,
    "user_cold_testing": 2,
    "user_and_item_cold_state": 3,
    "user_and_item_cold_testing": 3,
}
"""The names in use, and the scenario that each is (an index into SCENARIOS), or TRAINING."""


def read_states(files: Mapping[str, bytes], folder: Path) -> Listed:
    """The tasks in JSON files, by name; raises DataError naming file and user."""
    present = [state for state in STATES if f"{state}.json" in files]
    for kind, wanted in (("train", True), ("test", False)):
        if not any((STATES[state] == TRAINING) == wanted for state in present):
            names = [f"{s}.json" for s, n in STATES.items() if (n == TRAINING) == wanted]
            raise DataError(
                f"{shorten(str(folder), 200)}: nothing to {kind} on: it has none of "
                f"{', '.join(names)}"
            )
    first, parts = 0, []
    for state in present:
        parts.append(_state(state, files, first))
        first = int(parts[-1].task.max(initial=first - 1)) + 1
    return Listed(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("user", "item", "role", "task", "scenario", "value")
        )
    )


def _state(state: str, files: Mapping[str, bytes], first: int) -> Listed:
    """One state; tasks are numbered from `first`."""
    lists = _lists(f"{state}.json", files)
    ratings = _lists(f"{state}_y.json", files) if f"{state}_y.json" in files else None
    if ratings is not None:
        _check_alike(state, lists, ratings)
    lengths = np.array([len(items) for items in lists.values()], dtype=np.int64)
    size = int(lengths.sum())
    values = [value for user in lists for value in ratings[user]] if ratings is not None else []
    return Listed(
        np.repeat(np.array(list(lists), dtype=np.str_), lengths),
        np.array([_id(state, item) for items in lists.values() for item in items], dtype=np.str_),
        np.full(size, TRAIN if STATES[state] == TRAINING else TO_DIVIDE, dtype=np.int8),
        first + np.repeat(np.arange(len(lists)), lengths),
        np.full(size, STATES[state], dtype=np.int8),
        _numbers(state, values) if ratings is not None else np.full(size, np.nan),
    )


def _lists(name: str, files: Mapping[str, bytes]) -> dict[str, list[Any]]:
    try:
        found = json.loads(files[name], object_pairs_hook=lambda pairs: _once(name, pairs))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{name} is no JSON: {' '.join(str(error).split())[:200]}") from None
    if not isinstance(found, dict):
        raise DataError(f"{name}: expected a mapping of users to lists")
    for user, entries in found.items():
        if not isinstance(entries, list):
            raise DataError(f"{name}: user {shorten(user)} has {shorten(entries)}, not a list")
    return found


def _once(name: str, pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise DataError(f"{name}: user {shorten(key)} is there twice")
        found[key] = value
    return found


def _check_alike(state: str, lists: dict[str, list[Any]], ratings: dict[str, list[Any]]) -> None:
    for user in lists.keys() | ratings.keys():
        items, values = len(lists.get(user, ())), len(ratings.get(user, ()))
        if items != values:
            raise DataError(
                f"user {shorten(user)} has {items} items in {state}.json and {values} ratings in "
                f"{state}_y.json"
            )


def _id(state: str, item: Any) -> str:
    if isinstance(item, bool) or not isinstance(item, int | str):
        raise DataError(f"{state}.json: {shorten(item)} is no id of an item")
    return str(item)


def _numbers(state: str, values: list[Any]) -> Array:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise DataError(f"{state}_y.json: rating {shorten(value)} is no number")
    return np.array(values, dtype=np.float64)
