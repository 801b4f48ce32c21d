"""Content of users and items that did not exist in training, as rows of the model's own fields.

A label that training did not have counts as unknown, and so does a cell that is empty or no number;
both are counted and said once for each field. A set is a list, or text between vertical bars.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from coldbench.data import Array, Catalogue, Field
from coldbench.errors import shorten
from coldbench.text import listed

__all__ = ["Newcomers", "content_columns", "extended"]


class Newcomers(NamedTuple):
    """New users or items: their ids, str [n], and their rows in the table of content."""

    ids: Array
    rows: pd.DataFrame


def content_columns(frame: pd.DataFrame, fields: Sequence[Field]) -> list[str]:
    """Those that are fields of the model."""
    return [field.name for field in fields if field.name in frame]


def extended(
    catalogue: Catalogue, side: Literal["user", "item"], new: Newcomers, notes: list[str]
) -> Catalogue:
    """The catalogue with the new users or items after the others; what is lost goes to `notes`."""
    fields = catalogue.user_fields if side == "user" else catalogue.item_fields
    missing = [field.name for field in fields if field.name not in new.rows]
    if missing and len(missing) < len(fields):
        notes.append(f"new {side}s have no column {listed(missing)}, which counts as unknown")
    added = tuple(_joined(field, new.rows, side, notes) for field in fields)
    if side == "user":
        n = catalogue.n_users + len(new.ids)
        return replace(catalogue, n_users=n, user_fields=added)
    title = catalogue.item_title
    titles = None if title is None else np.concatenate([title, np.full(len(new.ids), "")])
    n = catalogue.n_items + len(new.ids)
    return replace(catalogue, n_items=n, item_fields=added, item_title=titles)


def _joined(field: Field, rows: pd.DataFrame, side: str, notes: list[str]) -> Field:
    cells = rows[field.name] if field.name in rows else pd.Series([None] * len(rows))
    cells = cells.reset_index(drop=True)
    encode = {"number": _numbers, "category": _categories, "set": _sets}[field.kind]
    values, lost = encode(cells, field)
    if len(lost):
        some = listed([shorten(str(text), 30) for text in lost], most=3)
        what = "no number" if field.kind == "number" else "no label of the training data"
        notes.append(f"{field.name} of new {side}s counts as unknown where it is {what}: {some}")
    if values.ndim == 2:
        width = max(values.shape[1], field.values.shape[1])
        parts = (
            np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in (field.values, values)
        )
        return replace(field, values=np.concatenate(list(parts)))
    return replace(field, values=np.concatenate([field.values, values]))


def _numbers(cells: "pd.Series[Any]", field: Field) -> tuple[Array, Array]:
    numbers = pd.to_numeric(cells, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    numbers = np.where(np.isfinite(numbers), numbers, np.nan).astype(np.float32)
    return numbers, _texts(cells[np.isnan(numbers) & cells.notna().to_numpy()])


def _categories(cells: "pd.Series[Any]", field: Field) -> tuple[Array, Array]:
    codes = _codes(cells, field)
    return codes, _texts(cells[(codes == 0) & _filled(cells)])


def _sets(cells: "pd.Series[Any]", field: Field) -> tuple[Array, Array]:
    lists = cells.map(lambda cell: cell.split("|") if isinstance(cell, str) else cell)
    members = lists.explode()
    members = members[_filled(members)]
    if members.empty:
        return np.zeros((len(cells), 1), np.int32), np.empty(0, object)
    table = pd.DataFrame({"row": members.index, "code": _codes(members, field)})
    lost = _texts(members[(table["code"] == 0).to_numpy()])
    table = table[table["code"] > 0].drop_duplicates()
    place = table.groupby("row").cumcount()
    values = np.zeros((len(cells), int(place.max()) + 1 if len(place) else 1), np.int32)
    values[table["row"], place] = table["code"]
    return values, lost


def _codes(cells: "pd.Series[Any]", field: Field) -> Array:
    """1 and more for labels of the field, 0 for others, int32."""
    texts = pd.Index(cells.astype(str), dtype=object)
    known = pd.Index(field.labels, dtype=object).get_indexer(texts) + 1
    codes: Array = np.where(_filled(cells), known, 0).astype(np.int32)
    return codes


def _filled(cells: "pd.Series[Any]") -> Array:
    filled: Array = (cells.notna() & (cells.astype(str) != "")).to_numpy()
    return filled


def _texts(cells: "pd.Series[Any]") -> Array:
    """Distinct texts, in their order."""
    texts: Array = cells.astype(str).drop_duplicates().to_numpy()
    return texts
