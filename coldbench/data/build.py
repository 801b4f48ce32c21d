"""The builder that every reader calls: tables of raw rows to validated `Ratings`.

The ratings table has columns `user` and `item` (categoricals of str), `rating` (float64) and, when
known, `timestamp` (float64, or texts: numbers or dates) and `role` (a str of a published split:
train, validation, support, query or test). A content table has `user` or `item` (str), optionally
`title` (a display name, no feature), and the columns of its `kinds`.

A rating or an id that cannot be read is refused. Content and times that cannot be read are
unknown: counted, and said once with the first place.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from coldbench.data.cleaning import AS_THEY_ARE, Cleaning
from coldbench.data.doubts import carriers_of_ratings, labels_that_say_missing
from coldbench.data.fields import content_fields, is_unknown
from coldbench.data.findings import Findings, counted
from coldbench.data.ids import LONGEST_ID, Indexed, index_ids
from coldbench.data.ratings import ROLES, Array, Catalogue, Field, Ratings, Scale
from coldbench.data.repeats import resolve_repeats
from coldbench.data.sampling import draw_users
from coldbench.data.scales import infer_scale, on_steps
from coldbench.data.table import Table
from coldbench.data.times import read_times
from coldbench.data.vocabulary import strings
from coldbench.errors import DataError, shorten

__all__ = ["LONGEST_ID", "build"]

OTHER_NAMES = {"training": 1, "valid": 2, "val": 2, "dev": 2, "test": 4, "nan": 0, "none": 0}
SPLITS = "train, validation, support, query or test is expected"
LONGEST_TITLE = 80
SETTING = "--set dataset.{name}={value}"


def build(
    name: str,
    ratings: Table,
    users: Table | None = None,
    items: Table | None = None,
    *,
    scale: Scale | None = None,
    licence: str = "unknown",
    notes: Iterable[str] = (),
    understood: Iterable[str] = (),
    warnings: Iterable[str] = (),
    cleaning: Cleaning = AS_THEY_ARE,
    setting: str = SETTING,
) -> Ratings:
    """Ratings with dense indices; the scale is inferred when it is None.

    Users and items without a content row get unknown content; those without ratings are kept.
    setting: how the reader's user writes an option. Raises DataError naming file and line for ids
    and ratings that cannot be used, and, when `cleaning` is strict, for content and times.
    """
    found = Findings(cleaning.strict, setting, [*understood], [*notes], [*warnings])
    if not len(ratings.frame):
        raise DataError(f"{ratings.label}: no ratings")
    ratings = _rated(ratings, cleaning, found)
    value, scale = _values(ratings, scale, found)
    if cleaning.users is not None:
        part = draw_users(ratings, cleaning.users, found)
        kept = part.rows(ratings)
        ratings, value = ratings.only(kept), value[kept]
        users = users and users.only(part.rows(users))
    user = index_ids("user", ratings, users, found)
    item = index_ids("item", ratings, items, found)
    time, role = read_times(ratings, found), _roles(ratings)
    rows, value, scale = _counting(user, item, value, time, scale, cleaning, found)
    return Ratings(
        name=name,
        user=user.place[rows],
        item=item.place[rows],
        value=value,
        time=None if time is None else time[rows],
        role=None if role is None else role[rows],
        scale=scale,
        catalogue=Catalogue(
            len(user.ids),
            len(item.ids),
            _content("user", users, user, user.place[rows], value, found),
            _content("item", items, item, item.place[rows], value, found),
            _titles(items, item),
        ),
        user_id=strings(user.ids),
        item_id=strings(item.ids),
        licence=licence,
        notes=tuple(found.notes),
        understood=tuple(found.understood),
        warnings=tuple(found.warnings),
    )


def _rated(table: Table, cleaning: Cleaning, found: Findings) -> Table:
    """Without the ratings that are a value which says "not rated"."""
    if not cleaning.missing:
        return table
    missing = np.isin(table.frame["rating"].to_numpy(dtype=np.float64), cleaning.missing)
    if missing.all():
        raise DataError(f'{table.label}: all {counted(len(missing), "rating")} say "not rated"')
    values = ", ".join(f"{value:g}" for value in cleaning.missing)
    dropped = counted(int(missing.sum()), "rating")
    found.understood.append(f'{values} says "not rated": {dropped} dropped')
    return table.only(~missing) if missing.any() else table


def _counting(
    user: Indexed,
    item: Indexed,
    value: Array,
    time: Array | None,
    scale: Scale,
    cleaning: Cleaning,
    found: Findings,
) -> tuple[Any, Array, Scale]:
    """The rows that count, their values as float32, and the scale, which means may leave."""
    pair = user.place.astype(np.int64)
    pair *= len(item.ids)
    pair += item.place
    resolved = resolve_repeats(pair, value, time, cleaning.repeated, found)
    if resolved is None:
        return slice(None), value.astype(np.float32), scale
    kept = resolved.value[resolved.kept]
    scale = scale if on_steps(kept, scale).all() else scale._replace(step=0.0)
    return resolved.kept, kept.astype(np.float32), scale


def _values(table: Table, scale: Scale | None, found: Findings) -> tuple[Array, Scale]:
    raw = table.frame["rating"].to_numpy(dtype=np.float64)
    with np.errstate(over="ignore"):
        finite = np.isfinite(raw.astype(np.float32))
    _refuse(table, raw, ~finite, "rating {} is not a finite number")
    if scale is None:
        return raw, infer_scale(raw, found)
    low, high, step = scale
    _refuse(table, raw, (raw < low) | (raw > high), f"rating {{}} is outside {low:g}..{high:g}")
    message = f"rating {{}} is not a multiple of {step:g} above {low:g}"
    _refuse(table, raw, ~on_steps(raw, scale), message)
    return raw, scale


def _roles(table: Table) -> Array | None:
    if "role" not in table.frame:
        return None
    texts = pd.Categorical(table.frame["role"])
    codes = np.array([_role(text) for text in texts.categories], dtype=np.int8)
    wrong = np.flatnonzero(codes < 0)
    if len(wrong):
        row = int(np.flatnonzero(texts.codes == wrong[0])[0])
        raise table.error(row, f"split is {shorten(texts.categories[wrong[0]])}; {SPLITS}")
    roles: Array = np.append(codes, np.int8(0))[texts.codes]
    return roles


def _role(text: Any) -> int:
    name = str(text).strip().lower()
    known = {name: place for place, name in enumerate(ROLES)} | OTHER_NAMES
    return known.get(name, -1)


def _refuse(table: Table, raw: Array, wrong: Array, message: str) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        row = int(rows[0])
        raise table.error(row, message.replace("{}", f"{raw[row]:.10g}"))


def _content(
    side: str, table: Table | None, own: Indexed, index: Array, value: Array, found: Findings
) -> tuple[Field, ...]:
    if table is None:
        return ()
    fields = content_fields(table, own.rows, own.owner, len(own.ids), found)
    found.warn(labels_that_say_missing(side, fields, own.owner))
    found.warn(carriers_of_ratings(side, fields, index, value, len(own.ids)))
    return fields


def _titles(table: Table | None, own: Indexed) -> Array | None:
    if table is None or "title" not in table.frame:
        return None
    titles = [""] * len(own.ids)
    cells = table.frame["title"].to_numpy(dtype=object)
    for place, row in zip(own.owner, own.rows, strict=True):
        titles[place] = _cut(cells[row])
    return strings(titles)


def _cut(title: Any) -> str:
    text = "" if is_unknown(title) else str(title).replace("\0", "")
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1] + "…"
