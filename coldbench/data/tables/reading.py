"""A plan carried out: its tables read, joined and built into `Ratings`."""

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from coldbench.data.build import build
from coldbench.data.cleaning import RawOptions
from coldbench.data.published import not_as_published
from coldbench.data.ratings import Ratings
from coldbench.data.table import Kind, Table
from coldbench.data.tables.dates import years
from coldbench.data.tables.matrix import matrix_table
from coldbench.data.tables.plan import LISTS, ContentPlan, FieldPlan, Owner, Plan
from coldbench.data.titles import split_year
from coldbench.errors import DataError

__all__ = ["read_plan"]

YEAR = "release_year"
LISTED = re.compile(r"""'([^']*)'|"([^"]*)"|([^,'"\s][^,'"]*)""")
"""The members of a list that was written as text, in quotes or not."""


def read_plan(plan: Plan, options: RawOptions) -> Ratings:
    """Ratings from tables; raises DataError with file and line."""
    whole = matrix_table(plan.sheet) if plan.matrix else plan.sheet.ratings(plan.columns)
    edition = plan.editions.get(len(whole.frame))
    table, notes = _rated(whole, plan.missing)
    users, items = (_content(plan.contents, owner) for owner in ("user", "item"))
    return build(
        edition.name if edition else plan.name,
        table,
        users,
        items,
        scale=options.given_scale or (edition and edition.scale) or plan.scale,
        licence=plan.licence,
        notes=[*notes, *_encodings(plan)],
        understood=plan.understood,
        warnings=[] if edition else not_as_published(plan.name, len(whole.frame), plan.published),
        cleaning=options.cleaning,
    )


def _encodings(plan: Plan) -> list[str]:
    sheets = [plan.sheet, *(content.sheet for content in plan.contents)]
    return [
        f"{sheet.name} is not UTF-8; read as Latin-1"
        for sheet in sheets
        if sheet.form != "Parquet" and not sheet.raw.utf8
    ]


def _rated(table: Table, missing: Sequence[float]) -> tuple[Table, list[str]]:
    """Without the values that mean "not rated" in this layout."""
    absent = table.frame["rating"].isin(list(missing)).to_numpy()
    if not absent.any():
        return table, []
    if absent.all():
        raise DataError(f"{table.label}: all {len(absent)} rows say that nothing was rated")
    values = ", ".join(f"{value:g}" for value in missing)
    note = f'{int(absent.sum())} rows of {values} ("not rated") were dropped'
    return table.only(~absent), [note]


def _content(plans: Sequence[ContentPlan], owner: Owner) -> Table | None:
    tables = [_table(plan) for plan in plans if plan.owner == owner]
    if len(tables) < 2:
        return tables[0] if tables else None
    frame, kinds = tables[0].frame, dict(tables[0].kinds)
    for plan, table in zip(plans[1:], tables[1:], strict=False):
        more = table.frame.drop_duplicates(owner)
        names = {n: f"{plan.sheet.name.partition('.')[0]}.{n}" for n in more if n in kinds}
        kinds |= {names.get(name, name): kind for name, kind in table.kinds.items()}
        more = more.drop(columns=["title"] if "title" in more and "title" in frame else [])
        frame = frame.merge(more.rename(columns=names), on=owner, how="outer", sort=False)
    label = " and ".join(table.label for table in tables)
    return Table(frame.astype(object).where(frame.notna(), None), label, None, kinds)


def _table(plan: ContentPlan) -> Table:
    fields = plan.fields or ()
    wanted = {plan.id, plan.title, *(field.column for field in fields)} - {""}
    cells = plan.sheet.content([name for name in plan.sheet.names if name in wanted])
    frame: dict[str, list[Any]] = {plan.owner: [_text(c) for c in cells.columns[plan.id]]}
    kinds: dict[str, Kind] = {field.name: field.kind for field in fields}
    frame |= {field.name: _values(field, cells.columns[field.column]) for field in fields}
    if plan.title:
        frame["title"] = [_text(cell) for cell in cells.columns[plan.title]]
    if plan.year_in_title:
        parted = [split_year(title) for title in frame["title"]]
        frame["title"] = [title for title, _ in parted]
        frame[YEAR] = [year for _, year in parted]
        kinds = {YEAR: "number", **kinds}
    table = pd.DataFrame(frame, dtype=object)
    return Table(table, plan.sheet.label, cells.first_line, kinds, lines=cells.lines)


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else "|".join(cell)


def _values(field: FieldPlan, cells: list[Any]) -> list[Any]:
    if field.kind == "set":
        return [_members(field, cell) for cell in cells]
    texts = ["" if _text(cell) in field.unknown else _text(cell) for cell in cells]
    return years(texts) if field.year else texts


def _members(field: FieldPlan, cell: Any) -> list[str]:
    parts = cell if isinstance(cell, list) else _parted(cell, field.split)
    return [part for raw in parts if (part := raw.strip()) and part not in field.unknown]


def _parted(cell: str, split: str) -> list[str]:
    if split == LISTS:
        return ["".join(found) for found in LISTED.findall(cell.strip("[]"))]
    return cell.split(split) if split else [cell]
