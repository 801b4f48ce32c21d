"""The plugin for ratings in any table: a file, a folder or an archive of CSV, JSON lines, Parquet.

Layouts of published data sets are recognised (`coldbench/data/tables/presets.toml`); of others
the columns are guessed by name.
"""

import re
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from coldbench.data.cleaning import RawOptions
from coldbench.data.dataset import Dataset, content_key
from coldbench.data.ratings import Ratings
from coldbench.data.raw.layouts import lacking
from coldbench.data.raw.members import members_of
from coldbench.data.table import Kind
from coldbench.data.tables.plan import Plan
from coldbench.errors import DataError, UsageError

__all__ = ["AnyTable"]

COMMON = ("ratings", "rating", "reviews", "review", "interactions", "data", "train")
"""Names of files that say nothing of the data set; its folder's name is taken instead."""
OWN = {"columns", "kinds", "ratings", "layout"}


class TableOptions(RawOptions):
    """columns: user, item, rating, timestamp, role to the names of their columns (or numbers, from
    1); kinds: category, set or number by content column; ratings: the file that holds them. With
    any of these, no layout is looked for. layout: a section of presets.toml."""

    columns: dict[str, str | int] = {}
    kinds: dict[str, Kind] = {}
    ratings: str = ""
    layout: str = ""


class AnyTable(Dataset):
    """Ratings in tables, with content tables that share the id of users or items."""

    Config = TableOptions
    summary: ClassVar[str] = (
        "CSV, JSON lines or Parquet, by its path; Amazon, Yelp, ... are recognised"
    )
    licence: ClassVar[str] = "that of the files"
    source: ClassVar[str] = "docs/data.md names the layouts that are recognised"
    config: TableOptions

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        if config.path is None:
            raise UsageError("tables need a file or folder: --dataset PATH")

    def key(self) -> str:
        plan = self._plan
        sheets = {plan.sheet.name: plan.sheet, **{c.sheet.name: c.sheet for c in plan.contents}}
        options = {**self.config.departures, "name": plan.name}
        options |= self.config.model_dump(include=OWN, exclude_defaults=True)
        return content_key("table", options, {name: s.raw.data for name, s in sheets.items()})

    def load(self) -> Ratings:
        from coldbench.data.tables.plain import completed
        from coldbench.data.tables.reading import read_plan

        return read_plan(completed(self._plan, self.config.kinds), self.config)

    @cached_property
    def _plan(self) -> Plan:
        from coldbench.data.tables.plain import Choice, plain_plan
        from coldbench.data.tables.presets import preset_plan, resembling

        assert self.config.path is not None
        path = self.config.path.expanduser()
        members = members_of(path)
        guess = self.config.columns or self.config.kinds or self.config.ratings
        plan = None if guess else preset_plan(members, self.config.layout)
        if plan is not None:
            return plan
        choice = Choice(self.config.columns, self.config.kinds, self.config.ratings)
        try:
            return plain_plan(_name(path), str(path), members, choice)
        except DataError as error:
            hint = lacking(member.name for member in members) or resembling(members)
            raise DataError(f"{error}{hint}") from error


def _name(path: Path) -> str:
    """The name of the file, or of its folder when all files are called so."""
    place = path.resolve()
    name = place.name.partition(".")[0] if place.is_file() else place.name
    if place.is_file() and name.lower() in COMMON:
        name = place.parent.name
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "table"
