"""What is asked of a model, from tables: users described by supports and content, and items.

A user is who the tables say: one whose id is in the training data is treated like any other, by
the support given here alone. Neither the order of rows nor that of users changes an answer.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from coldbench.data import Array, Ragged, Scale
from coldbench.errors import DataError, Declined, shorten
from coldbench.learning import Domain, Learner
from coldbench.models.catalogue import Known
from coldbench.models.newcomers import Newcomers, content_columns, extended
from coldbench.models.tables import id_column, number_column, renamed
from coldbench.text import listed

__all__ = ["Asked", "Labels", "ask"]


class Labels(NamedTuple):
    """What the tables are called in messages."""

    support: str = "the support"
    items: str = "the items"
    users: str = "the users"


@dataclass(frozen=True, eq=False)
class Asked:
    """learners: the members, which know the new users and items; user_id str [B], user int64 [B]:
    place in their catalogue; support: rows of item (int64) and value (float32), one list for each
    user; query_id str [Q], query int64 [Q]; notes: what was left out or counts as unknown."""

    learners: Sequence[Learner]
    user_id: Array
    user: Array
    support: Ragged
    item: Array
    value: Array
    query_id: Array
    query: Array
    notes: tuple[str, ...]


class _Support(NamedTuple):
    """user, item: codes into user_id and item_id; value float32 [n]."""

    user: Array
    item: Array
    value: Array
    user_id: Array
    item_id: Array


def ask(
    learners: Sequence[Learner],
    known: Known,
    scale: Scale,
    support: pd.DataFrame,
    items: pd.DataFrame | Sequence[str] | None = None,
    users: pd.DataFrame | None = None,
    labels: Labels = Labels(),
) -> Asked:
    """Raises DataError naming table and row for what cannot be used."""
    notes: list[str] = []
    given = _support(support, scale, labels.support)
    people = _people(users, labels.users)
    wanted, offered = _items(items, known, labels.items)
    new_items, reason = _new_items(offered, wanted, known)
    grown = _grown(learners, known, _new_users(people, known), new_items, notes)
    item_id = known.item_id
    if grown.items:
        item_id = np.concatenate([item_id, grown.items.ids])
    query = _places(wanted, item_id)
    _tell_left_out(wanted[query < 0], reason or grown.reason, labels.items, notes)
    asked = query >= 0
    if not asked.any():
        raise DataError(f"there is no item to predict: {notes[-1] if notes else 'none was named'}")
    user_id = np.array(_shortlex({*given.user_id, *(people.ids if people else ())}), np.str_)
    if not len(user_id):
        raise DataError(f"{labels.support} has no rows, and no user is named")
    place = np.full(len(user_id), known.catalogue.n_users - 1)
    if grown.users:
        position = _places(user_id, grown.users.ids)
        place = np.where(position < 0, place, position + known.catalogue.n_users)
    lists, item, value = _supports(given, user_id, item_id, labels.support, notes)
    who = user_id, place.astype(np.int64)
    told = tuple(notes)
    return Asked(grown.learners, *who, lists, item, value, wanted[asked], query[asked], told)


def _support(frame: pd.DataFrame, scale: Scale, label: str) -> _Support:
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
    return _Support(user, item, value, user_id, item_id)


def _people(frame: pd.DataFrame | None, label: str) -> Newcomers | None:
    if frame is None:
        return None
    frame = renamed(frame, label, ("user",))
    return Newcomers(_distinct(frame["user"], label), frame)


def _items(
    items: pd.DataFrame | Sequence[str] | None, known: Known, label: str
) -> tuple[Array, Newcomers | None]:
    """The ids that are asked for, and where a table gives them, its rows."""
    if items is None:
        return known.item_id, None
    if isinstance(items, pd.DataFrame):
        frame = renamed(items, label, ("item",))
        ids = _distinct(frame["item"], label)
        return ids, Newcomers(ids, frame)
    return np.array(list(dict.fromkeys(str(one) for one in items)), np.str_), None


def _distinct(column: "pd.Series[str]", label: str) -> Array:
    codes, ids = id_column(column, label)
    if len(ids) < len(codes):
        row = int(np.argmax(pd.Series(codes).duplicated()))
        raise DataError(
            f"{label} row {row + 1}: {column.name} {shorten(str(ids[codes[row]]))} is repeated"
        )
    return ids


def _new_users(people: Newcomers | None, known: Known) -> Newcomers | None:
    """Those of whom the table tells any content."""
    fields = known.catalogue.user_fields
    return people if people and content_columns(people.rows, fields) else None


def _new_items(
    offered: Newcomers | None, wanted: Array, known: Known
) -> tuple[Newcomers | None, str]:
    """Those that training did not know and of which the table tells content; or why none."""
    fields = known.catalogue.item_fields
    names = ", ".join(field.name for field in fields)
    if not fields:
        return None, "the training data has no content of items"
    if offered is None or not content_columns(offered.rows, fields):
        return None, f"give their content in a table with columns among {names}"
    strange = _places(wanted, known.item_id) < 0
    if not strange.any():
        return None, ""
    return Newcomers(offered.ids[strange], offered.rows[strange]), ""


class _Grown(NamedTuple):
    """Learners that know the new users and items which they can take in; reason: why not all."""

    learners: Sequence[Learner]
    users: Newcomers | None = None
    items: Newcomers | None = None
    reason: str = ""


def _grown(
    learners: Sequence[Learner],
    known: Known,
    users: Newcomers | None,
    items: Newcomers | None,
    notes: list[str],
) -> _Grown:
    """With both, or where a learner declines that, with the users or the items alone."""
    grown, reason = _Grown(learners), ""
    parts = [(users, items), (users, None), (None, items)] if users and items else [(users, items)]
    for some in parts if users or items else []:
        told: list[str] = []
        try:
            grown = _Grown(_extended(learners, known, *some, told), *some, reason)
        except Declined as error:
            reason = reason or str(error)
            continue
        notes += told
        break
    if users and not grown.users:
        notes.append(f"content of new users is not read: {reason}")
    return grown if grown.users or grown.items else grown._replace(reason=reason)


def _extended(
    learners: Sequence[Learner],
    known: Known,
    users: Newcomers | None,
    items: Newcomers | None,
    notes: list[str],
) -> list[Learner]:
    catalogue = known.catalogue
    if users:
        catalogue = extended(catalogue, "user", users, notes)
    if items:
        catalogue = extended(catalogue, "item", items, notes)
    members = [copy.deepcopy(learner) for learner in learners]
    for member in members:
        domain: Domain = replace(member.domain, catalogue=catalogue)
        type(member).extend(member, domain)
    return members


def _supports(
    given: _Support, user_id: Array, item_id: Array, label: str, notes: list[str]
) -> tuple[Ragged, Array, Array]:
    """The usable support of each user, in the order of items; items int64 and values float32."""
    place = _places(given.item_id, item_id)
    strange = np.flatnonzero(place < 0)
    if len(strange) and len(strange) == len(place):
        raise DataError(
            f"none of the {len(place)} items in {label} is known to the model: they are called "
            f"{_some(given.item_id)} here, and {_some(item_id)} there"
        )
    usable = place[given.item] >= 0
    if len(strange):
        notes.append(
            f"left out: {int((~usable).sum())} of {len(usable)} ratings in {label}, of items that "
            f"the model does not know ({_some(given.item_id[strange])})"
        )
    owner = _places(given.user_id, user_id)[given.user][usable]
    item, value = place[given.item][usable].astype(np.int64), given.value[usable]
    order = np.lexsort((item, owner))
    lengths = np.bincount(owner, minlength=len(user_id))
    return Ragged.of(np.arange(len(order)), lengths), item[order], value[order]


def _tell_left_out(left: Array, reason: str, label: str, notes: list[str]) -> None:
    if len(left):
        what = "1 item" if len(left) == 1 else f"{len(left)} items"
        text = f"left out: {what} in {label} that the model does not know ({_some(left)})"
        notes.append(f"{text}; {reason}" if reason else text)


def _places(ids: Array, among: Array) -> Array:
    """Where each id stands, -1 for one that does not."""
    index = pd.Index(among.astype(object))
    places: Array = index.get_indexer(pd.Index(ids.astype(object))).astype(np.int64)
    return places


def _some(ids: Array) -> str:
    return listed([shorten(str(one), 30) for one in ids], most=3)


def _shortlex(ids: set[str]) -> list[str]:
    return sorted(map(str, ids), key=lambda text: (len(text), text))
