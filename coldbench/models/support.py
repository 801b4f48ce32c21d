"""The ratings that describe new users: read from a table, and put in the places of a model."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from coldbench.data import Array, Ragged, Scale
from coldbench.errors import DataError, shorten
from coldbench.models.tables import id_column, number_column, renamed
from coldbench.text import listed

__all__ = ["Support", "placed", "places", "read_support", "some"]


class Support(NamedTuple):
    """user, item: codes into user_id and item_id; value float32 [n]."""

    user: Array
    item: Array
    value: Array
    user_id: Array
    item_id: Array


def read_support(frame: pd.DataFrame, scale: Scale, label: str) -> Support:
    frame = renamed(frame, label, ("user", "item", "rating"))
    user, user_id = id_column(frame["user"], label)
    item, item_id = id_column(frame["item"], label)
    value = number_column(frame["rating"], label)
    outside = np.flatnonzero((value < scale.low) | (value > scale.high))
    if len(outside):
        row = int(outside[0])
        raise DataError(
            f"{label} row {row + 1}: rating {value[row]:g} is outside "
            f"{scale.low:g}..{scale.high:g}, the scale of the model"
        )
    pair = pd.Series(user.astype(np.int64) * max(len(item_id), 1) + item)
    if pair.duplicated().any():
        second = int(np.argmax(pair.duplicated()))
        first = int(np.argmax(pair == pair[second]))
        who, what = (shorten(str(one)) for one in (user_id[user[second]], item_id[item[second]]))
        raise DataError(
            f"{label} rows {first + 1} and {second + 1}: user {who} rates item {what} twice: "
            "keep one"
        )
    return Support(user, item, value, user_id, item_id)


def placed(
    given: Support, user_id: Array, item_id: Array, label: str, notes: list[str]
) -> tuple[Ragged, Array, Array]:
    """The usable support of each user, in the order of items; items int64 and values float32."""
    place = places(given.item_id, item_id)
    strange = np.flatnonzero(place < 0)
    if len(strange) and len(strange) == len(place):
        raise DataError(
            f"none of the {len(place)} items in {label} is known to the model: they are called "
            f"{some(given.item_id)} here, and {some(item_id)} there"
        )
    usable = place[given.item] >= 0
    if len(strange):
        notes.append(
            f"left out: {int((~usable).sum())} of {len(usable)} ratings in {label}, of items that "
            f"the model does not know ({some(given.item_id[strange])})"
        )
    owner = places(given.user_id, user_id)[given.user][usable]
    item, value = place[given.item][usable].astype(np.int64), given.value[usable]
    order = np.lexsort((item, owner))
    lengths = np.bincount(owner, minlength=len(user_id))
    return Ragged.of(np.arange(len(order)), lengths), item[order], value[order]


def places(ids: Array, among: Array) -> Array:
    """Where each id stands, -1 for one that does not."""
    index = pd.Index(among.astype(object))
    places: Array = index.get_indexer(pd.Index(ids.astype(object))).astype(np.int64)
    return places


def some(ids: Array) -> str:
    return listed([shorten(str(one), 30) for one in ids], most=3)
