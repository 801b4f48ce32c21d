"""The builder that every reader calls: tables of raw rows to validated `Ratings`.

The ratings table has columns `user` and `item` (categoricals of str), `rating` and, when known,
`timestamp` (float64) and `role` (a str of a published split: train, validation, support, query
or test). A content table has `user` or `item` (str), optionally `title` (a display
name, no feature), and the columns of its `kinds`.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from coldbench.data.cleaning import AS_THEY_ARE, Cleaning
from coldbench.data.fields import content_fields, is_unknown
from coldbench.data.findings import Findings
from coldbench.data.ratings import ROLES, Array, Catalogue, Field, Ratings, Scale
from coldbench.data.table import Table
from coldbench.data.times import read_times
from coldbench.data.vocabulary import index_of, shortlex, strings
from coldbench.errors import DataError, shorten

__all__ = ["LONGEST_ID", "build"]

LONGEST_ID = 255
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
) -> Ratings:
    """Ratings with dense indices; the scale is inferred when it is None.

    Users and items without a content row get unknown content; those without ratings are kept.
    Raises DataError naming file and line for ids, ratings or times that cannot be used.
    """
    found = Findings(cleaning.strict, SETTING, [*understood], [*notes], [*warnings])
    if not len(ratings.frame):
        raise DataError(f"{ratings.label}: no ratings")
    value, scale = _values(ratings, scale)
    user, user_ids, user_owner, user_rows, repeated_users = _index("user", ratings, users)
    item, item_ids, item_owner, item_rows, repeated_items = _index("item", ratings, items)
    user_fields, user_notes = _content(users, user_rows, user_owner, len(user_ids))
    item_fields, item_notes = _content(items, item_rows, item_owner, len(item_ids))
    title = _titles(items, item_rows, item_owner, len(item_ids))
    all_notes = [*repeated_users, *repeated_items, *user_notes, *item_notes]
    time = read_times(ratings, found)
    return Ratings(
        name=name,
        user=user,
        item=item,
        value=value,
        time=time,
        role=_roles(ratings),
        scale=scale,
        catalogue=Catalogue(len(user_ids), len(item_ids), user_fields, item_fields, title),
        user_id=strings(user_ids),
        item_id=strings(item_ids),
        licence=licence,
        notes=(*found.notes, *all_notes, *_duplicates(user, item, len(item_ids))),
        understood=tuple(found.understood),
        warnings=tuple(found.warnings),
    )


def _values(table: Table, scale: Scale | None) -> tuple[Array, Scale]:
    raw = table.frame["rating"].to_numpy(dtype=np.float64)
    with np.errstate(over="ignore"):
        value = raw.astype(np.float32)
    _refuse(table, raw, ~np.isfinite(value), "rating {} is not a finite number")
    if scale is None:
        return value, _infer_scale(value)
    low, high, step = scale
    _refuse(table, raw, (raw < low) | (raw > high), f"rating {{}} is outside {low:g}..{high:g}")
    steps = (raw - low) / step
    off = np.abs(steps - np.rint(steps)) > 1e-4
    _refuse(table, raw, off, f"rating {{}} is not a multiple of {step:g} above {low:g}")
    return value, scale


def _infer_scale(value: Array) -> Scale:
    levels = np.unique(value).astype(np.float64)
    step = float(f"{np.diff(levels).min():.6g}") if len(levels) > 1 else 1.0
    return Scale(float(levels[0]), float(levels[-1]), step)


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
        raise table.error(row, message.format(f"{raw[row]:.10g}"))


def _index(
    kind: str, ratings: Table, content: Table | None
) -> tuple[Array, list[str], Array, Array, list[str]]:
    """Dense index of every rating, all ids, and owner and row of each content row that is used."""
    column = ratings.frame[kind].array
    rated_ids = [str(value) for value in column.categories]
    _check_ids(kind, ratings, rated_ids, column.codes)
    content_ids = [] if content is None else [str(value) for value in content.frame[kind]]
    if content is not None:
        _check_ids(kind, content, content_ids, np.arange(len(content_ids)))
    ids = shortlex([*rated_ids, *content_ids])
    position = index_of(ids)
    place = np.array([position[value] for value in rated_ids], dtype=np.int32)
    owner = np.array([position[value] for value in content_ids], dtype=np.int64)
    _, rows = np.unique(owner, return_index=True)
    rows = np.sort(rows)
    repeated = len(owner) - len(rows)
    note = f"{repeated} rows repeat the content of a {kind}; the first one is used"
    return place[column.codes], ids, owner[rows], rows, [note] if repeated else []


def _check_ids(kind: str, table: Table, ids: list[str], codes: Array) -> None:
    missing = np.flatnonzero(codes < 0)
    if len(missing):
        raise table.error(int(missing[0]), f"the {kind} id is missing")
    for code, value in enumerate(ids):
        if 0 < len(value) <= LONGEST_ID and "\0" not in value:
            continue
        rows = np.flatnonzero(codes == code)
        if not value:
            raise table.error(int(rows[0]), f"the {kind} id is empty")
        message = f"{kind} id {shorten(value)} is longer than {LONGEST_ID} characters or holds NUL"
        raise table.error(int(rows[0]), message)


def _content(
    table: Table | None, rows: Array, owner: Array, size: int
) -> tuple[tuple[Field, ...], list[str]]:
    return ((), []) if table is None else content_fields(table, rows, owner, size)


def _titles(table: Table | None, rows: Array, owner: Array, size: int) -> Array | None:
    if table is None or "title" not in table.frame:
        return None
    titles = [""] * size
    cells = table.frame["title"].to_numpy(dtype=object)
    for place, row in zip(owner, rows, strict=True):
        titles[place] = _cut(cells[row])
    return strings(titles)


def _cut(title: Any) -> str:
    text = "" if is_unknown(title) else str(title).replace("\0", "")
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1] + "…"


def _duplicates(user: Array, item: Array, n_items: int) -> list[str]:
    pairs = user.astype(np.int64)
    pairs *= n_items
    pairs += item
    pairs.sort()
    repeated = int(np.count_nonzero(pairs[1:] == pairs[:-1]))
    return [f"{repeated} ratings repeat a (user, item) pair; all are kept"] if repeated else []
