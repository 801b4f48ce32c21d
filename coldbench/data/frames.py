"""Ratings from data frames: the public Python API for your own data."""

import warnings
from collections.abc import Iterable, Mapping
from typing import Any, get_args

import numpy as np
import pandas as pd

from coldbench.data.build import build
from coldbench.data.cleaning import Cleaning, Repeated
from coldbench.data.fields import YEARS, is_unknown, text_of
from coldbench.data.ratings import Ratings, Scale
from coldbench.data.table import Kind, Table
from coldbench.data.times import seconds_since_1970
from coldbench.data.vocabulary import index_of
from coldbench.errors import UsageError, shorten, unknown

__all__ = ["from_frames"]

ALIASES = {"user_id": "user", "item_id": "item", "time": "timestamp"}
KINDS = ("category", "set", "number")
COLLECTIONS = (list, tuple, set, frozenset, np.ndarray)


def from_frames(
    ratings: Any,
    users: Any = None,
    items: Any = None,
    *,
    name: str,
    scale: tuple[float, float, float] | None = None,
    kinds: Mapping[str, Kind] | None = None,
    licence: str = "unknown",
    missing: float | Iterable[float] = (),
    repeated: Repeated = "first",
    strict: bool = False,
) -> Ratings:
    """Ratings from frames of pandas, Polars, PyArrow, or any other that narwhals reads; nothing is
    written, and the frames are not changed.

    ratings: columns user, item, rating and perhaps timestamp (Unix time, dates or datetimes), also
    under the names user_id, item_id, time, and perhaps role or split (train, validation, support,
    query or test, for the protocol `given`); users, items: a row each, with `user` or `item`,
    perhaps `title` (a display name of items), and content columns; scale: low, high, step (0: no
    steps), by default inferred; kinds: category, set or number by content column. Undeclared
    columns are sets when a cell is a list, numbers when floating or a year, else categories.
    missing: values that say "not rated", dropped; repeated: which rating of a repeated (user, item)
    pair counts: first, last or mean; strict: refuse what would otherwise count as unknown.
    `Ratings.warnings` says what may be wrong. Raises UsageError for missing columns or kinds,
    DataError naming the row for ids and ratings that cannot be read.
    """
    declared = dict(kinds or {})
    content = [_content(users, "user", declared), _content(items, "item", declared)]
    columns = {column for table in content if table for column in table.kinds}
    for column, kind in declared.items():
        if column not in columns:
            raise unknown("content column", column, columns)
        if kind not in KINDS:
            raise unknown("kind", str(kind), KINDS)
    return build(
        name,
        _ratings(ratings),
        *content,
        scale=_scale(scale),
        licence=licence,
        cleaning=_cleaning(missing, repeated, strict),
        setting="{name}={value}",
    )


def _cleaning(missing: float | Iterable[float], repeated: Repeated, strict: bool) -> Cleaning:
    if repeated not in get_args(Repeated):
        raise unknown("choice of repeated", str(repeated), get_args(Repeated))
    values = [missing] if isinstance(missing, int | float) else missing
    try:
        return Cleaning(tuple(float(value) for value in values), repeated, bool(strict))
    except (TypeError, ValueError):
        raise UsageError(f"missing = {shorten(missing)}: numbers are expected") from None


def _scale(scale: tuple[float, float, float] | None) -> Scale | None:
    if scale is None:
        return None
    checked = Scale(*map(float, scale))
    if not (np.isfinite(checked).all() and checked.low <= checked.high and checked.step >= 0):
        raise UsageError(f"scale {scale} is not (low, high, step)")
    return checked


def _ratings(frame: Any) -> Table:
    frame = _renamed(frame, "ratings", ("user", "item", "rating"))
    columns: dict[str, Any] = {side: _ids(frame[side]) for side in ("user", "item")}
    columns["rating"] = _numbers(frame["rating"])
    if "timestamp" in frame:
        columns["timestamp"] = _times(frame["timestamp"])
    for name in ("split", "role"):
        columns |= {"role": frame[name]} if name in frame else {}
    return Table(pd.DataFrame(columns), "ratings")


def _pandas(frame: Any, label: str) -> pd.DataFrame:
    """The frame as pandas holds it; a lazy one is refused."""
    if isinstance(frame, pd.DataFrame):
        return frame
    from narwhals.stable import v1 as narwhals

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of the interchange protocol
            return narwhals.from_native(frame, eager_or_interchange_only=True).to_pandas()
    except TypeError:
        kind = f"{type(frame).__module__}.{type(frame).__qualname__}"
        raise UsageError(
            f"{label} is a {shorten(kind)}, not a data frame (a lazy one must be collected)"
        ) from None


def _renamed(given: Any, label: str, needed: tuple[str, ...]) -> pd.DataFrame:
    frame = _pandas(given, label)
    present = {str(column) for column in frame.columns}
    names = {old: new for old, new in ALIASES.items() if old in present and new not in present}
    frame = frame.rename(columns=str).rename(columns=names).reset_index(drop=True)
    for column in needed:
        if column not in frame:
            columns = shorten(", ".join(sorted(present)), 200)
            raise UsageError(f"the {label} frame has no column {column!r}, only {columns}")
    if frame.columns.has_duplicates:
        raise UsageError(f"the {label} frame has two columns of the same name")
    return frame


def _ids(column: "pd.Series[Any]") -> pd.Categorical:
    """Ids as text; a missing id has code -1, which `build` refuses."""
    codes, values = pd.factorize(column.to_numpy(dtype=object), use_na_sentinel=True)
    texts = [text_of(value) for value in values]
    position = index_of(dict.fromkeys(texts))
    merged = np.array([*(position[text] for text in texts), -1])
    return pd.Categorical.from_codes(
        merged[codes], categories=pd.Index(list(position), dtype=object)
    )


def _numbers(column: "pd.Series[Any]") -> Any:
    try:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        for row, cell in enumerate(column.to_numpy(dtype=object)):
            try:
                float(cell)
            except (TypeError, ValueError):
                raise Table(pd.DataFrame(), "ratings").error(
                    row, f"rating is {shorten(cell)}; a number is expected"
                ) from error
        raise UsageError(f"the ratings frame's column rating is not numeric: {error}") from error


def _times(column: "pd.Series[Any]") -> Any:
    """Numbers, or texts where the column holds anything else; `build` reads both."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return seconds_since_1970(pd.to_datetime(column, utc=True))
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return column.to_numpy(dtype=object)


def _content(frame: Any, owner: str, declared: Mapping[str, Kind]) -> Table | None:
    if frame is None:
        return None
    frame = _renamed(frame, f"{owner}s", (owner,))
    fields = [str(c) for c in frame.columns if c not in (owner, "title" if owner == "item" else "")]
    kinds = {column: declared.get(column) or _kind(frame[column], column) for column in fields}
    cells = {column: frame[column].to_numpy(dtype=object) for column in frame.columns}
    cells[owner] = np.array(
        ["" if is_unknown(cell) else text_of(cell) for cell in cells[owner]], dtype=object
    )
    return Table(pd.DataFrame(cells, dtype=object), f"{owner}s", None, kinds)


def _kind(column: "pd.Series[Any]", name: str) -> Kind:
    if name in YEARS or pd.api.types.is_float_dtype(column):
        return "number"
    lists = any(isinstance(cell, COLLECTIONS) for cell in column)
    return "set" if lists else "category"
