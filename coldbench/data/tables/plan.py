"""How tables become ratings: which columns are what. Guessed, or from a preset; never code."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from coldbench.data.ratings import Scale
from coldbench.data.table import Kind
from coldbench.data.tables.sheet import Sheet

__all__ = ["LISTS", "ContentPlan", "Edition", "FieldPlan", "Owner", "Plan"]

Owner = Literal["user", "item"]
LISTS = "[]"


class FieldPlan(NamedTuple):
    """name: of the field; column: of the table; split: what parts the members of a set, LISTS for
    a list in brackets; year: only
    the year of a date; unknown: texts that mean unknown; said: why it is of this kind."""

    name: str
    column: str
    kind: Kind
    split: str = ""
    year: bool = False
    unknown: tuple[str, ...] = ()
    said: str = ""


class ContentPlan(NamedTuple):
    """title: the column of the display name, or ""; year_in_title: `Toy Story (1995)`;
    fields: None when they are still to be guessed from the cells."""

    sheet: Sheet
    owner: Owner
    id: str
    title: str = ""
    year_in_title: bool = False
    fields: tuple[FieldPlan, ...] | None = None


class Edition(NamedTuple):
    """One of several editions in the same layout; scale: its own, if it has one."""

    name: str
    scale: Scale | None = None


class Plan(NamedTuple):
    """columns: ours (user, item, rating, timestamp, role) to those of the ratings' table;
    missing: ratings that mean "not rated"; matrix: the ratings are a row a user, a column an item;
    understood: what the reader did, a line each; editions: by their number of
    ratings; published: how many the usual edition holds, 0 if there is none."""

    name: str
    sheet: Sheet
    columns: Mapping[str, str]
    contents: tuple[ContentPlan, ...] = ()
    scale: Scale | None = None
    missing: tuple[float, ...] = ()
    licence: str = "unknown"
    understood: tuple[str, ...] = ()
    editions: Mapping[int, Edition] = {}
    matrix: bool = False
    published: int = 0
