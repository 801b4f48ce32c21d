"""What is asked of a model, from tables: users described by supports and content, and items.

A user is who the tables say: one whose id is in the training data is treated like any other, by
the support given here alone. Neither the order of rows nor that of users changes an answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from coldbench.data import Array, Field, Ragged, Scale
from coldbench.errors import DataError, shorten
from coldbench.learning import Learner
from coldbench.models.catalogue import Known
from coldbench.models.growing import grow
from coldbench.models.newcomers import Newcomers, content_columns
from coldbench.models.support import placed, places, read_support, some
from coldbench.models.tables import id_column, renamed
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


def ask(
    learners: Sequence[Learner],
    known: Known,
    scale: Scale,
    support: pd.DataFrame | None,
    items: pd.DataFrame | Sequence[str] | None = None,
    users: pd.DataFrame | None = None,
    labels: Labels = Labels(),
) -> Asked:
    """Raises DataError naming table and row for what cannot be used."""
    notes: list[str] = []
    if support is None:
        support = pd.DataFrame({name: [] for name in ("user", "item", "rating")})
    given = read_support(support, scale, labels.support)
    people = _people(users, labels.users)
    wanted, offered = _items(items, known, labels.items)
    new_items, reason = _new_items(offered, wanted, known)
    _tell_unread(people, known.catalogue.user_fields, labels.users, notes)
    _tell_unread(offered, known.catalogue.item_fields, labels.items, notes)
    grown = grow(learners, known, _new_users(people, known), new_items, notes)
    item_id = known.item_id
    if grown.items:
        item_id = np.concatenate([item_id, grown.items.ids])
    query = places(wanted, item_id)
    _tell_left_out(wanted[query < 0], reason or grown.reason, labels.items, notes)
    asked = query >= 0
    if not asked.any():
        raise DataError(f"there is no item to predict: {notes[-1] if notes else 'none was named'}")
    everyone = {*map(str, given.user_id), *map(str, people.ids if people else ())}
    user_id = np.array(sorted(everyone, key=_rank), np.str_)
    if not len(user_id):
        raise DataError(f"{labels.support or labels.users} has no rows: no user is named")
    place = np.full(len(user_id), known.catalogue.n_users - 1)
    if grown.users:
        position = places(user_id, grown.users.ids)
        place = np.where(position < 0, place, position + known.catalogue.n_users)
    lists, item, value = placed(given, user_id, item_id, labels.support, notes)
    who = user_id, place.astype(np.int64)
    told = tuple(notes)
    return Asked(grown.learners, *who, lists, item, value, wanted[asked], query[asked], told)


def _people(frame: pd.DataFrame | None, label: str) -> Newcomers | None:
    if frame is None:
        return None
    frame = renamed(frame, label, ("user",))
    ids = _distinct(frame["user"], label)
    order = sorted(range(len(ids)), key=lambda place: _rank(str(ids[place])))
    return Newcomers(ids[order], frame.iloc[order])


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
    strange = places(wanted, known.item_id) < 0
    if not strange.any():
        return None, ""
    return Newcomers(offered.ids[strange], offered.rows[strange]), ""


def _tell_left_out(left: Array, reason: str, label: str, notes: list[str]) -> None:
    if len(left):
        what = "1 item" if len(left) == 1 else f"{len(left)} items"
        text = f"left out: {what} in {label} that the model does not know ({some(left)})"
        notes.append(f"{text}; {reason}" if reason else text)


def _tell_unread(
    table: Newcomers | None, fields: Sequence[Field], label: str, notes: list[str]
) -> None:
    """Columns that are no field of the model may be misspelt ones."""
    names = [field.name for field in fields]
    present = [] if table is None else [str(column) for column in table.rows.columns]
    if unread := [name for name in present if name not in (*names, "user", "item", "title")]:
        known = f"which has {listed(names, most=12)}" if names else "which has none"
        text = listed([shorten(name, 30) for name in unread])
        notes.append(f"not read: {text} in {label}, no content of the model, {known}")


def _rank(text: str) -> tuple[int, str]:
    """Shorter texts first, so that whole numbers ascend."""
    return len(text), str(text)
