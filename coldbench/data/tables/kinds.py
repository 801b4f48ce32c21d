"""The kind of each content column, by its cells.

A set: cells are lists, also as text, or a bar parts them. A number: a year; else numbers of which
some have decimals, or of more than `FEW` different values. A category: texts, and integers of few
values that recur: a code that counts as a number would have an order that nobody meant, while a
number of few values loses nothing as a category. Left out: texts and ids that hardly recur, which
tell nothing of another user or item.
"""

from typing import Any

import numpy as np

from coldbench.data.fields import YEARS
from coldbench.data.raw.rawfile import parse_number
from coldbench.data.table import Kind
from coldbench.data.tables.columns import plain_name
from coldbench.data.tables.dates import years
from coldbench.data.tables.plan import LISTS, FieldPlan

__all__ = ["BAR", "field_of", "is_year"]

BAR = "|"
PARTING = (BAR, ";", ",")
FEW = 32
MOST = 0.9
"""This share of known cells makes a kind, or makes values that hardly recur."""
LONG = 80
"""Texts of more characters on average are prose."""
SMALL = 20
"""Of fewer rows nobody can tell whether values recur."""


def field_of(name: str, cells: list[Any], declared: Kind | None) -> FieldPlan | str:
    """How a column becomes a field, or why it does not."""
    known = [cell for cell in cells if cell not in ("", [])]
    if declared:
        return _declared(name, known, declared)
    if not known:
        return "empty"
    if any(isinstance(cell, list) for cell in known):
        return FieldPlan(name, name, "set", said="a set, lists")
    if any("{" in cell and cell.startswith("[") for cell in known):
        return "objects"
    if all(cell.startswith("[") and cell.endswith("]") for cell in known):
        return FieldPlan(name, name, "set", split=LISTS, said="a set, lists as text")
    if any(BAR in cell for cell in known):
        return FieldPlan(name, name, "set", split=BAR, said="a set, parted by |")
    numbers = [number for cell in known if (number := parse_number(cell.strip())) is not None]
    if len(numbers) >= MOST * len(known):
        return _of_numbers(name, known, numbers)
    return _of_texts(name, known)


def is_year(name: str) -> bool:
    """Whether a column is called a year."""
    plain = plain_name(name)
    return name in YEARS or plain == "year" or plain.endswith("year") or "yearof" in plain


def _declared(name: str, known: list[Any], kind: Kind) -> FieldPlan:
    """As asked; a set is parted by the first of bar, semicolon and comma that occurs."""
    if kind != "set":
        return FieldPlan(name, name, kind, said=f"a {kind}, as asked")
    texts = [cell for cell in known if isinstance(cell, str)]
    split = next((mark for mark in PARTING if any(mark in cell for cell in texts)), "")
    said = f"a set, as asked, parted by {split}" if split else "a set, as asked"
    return FieldPlan(name, name, kind, split=split, said=said)


def _of_numbers(name: str, known: list[str], numbers: list[float]) -> FieldPlan | str:
    if is_year(name):
        return FieldPlan(name, name, "number", said="a number, a year")
    different = len(set(numbers))
    if plain_name(name).endswith("id") and different > MOST * len(known) and len(known) > SMALL:
        return "an id that hardly recurs"
    whole = all(number == int(number) for number in numbers if np.isfinite(number))
    if whole and different <= FEW and 2 * different <= len(numbers):
        return FieldPlan(name, name, "category", said=f"a category, {different} integers")
    return FieldPlan(name, name, "number", said="a number")


def _of_texts(name: str, known: list[str]) -> FieldPlan | str:
    if sum(bool(year) for year in years(known)) >= MOST * len(known):
        return FieldPlan(name, name, "number", year=True, said="a number, the year of a date")
    if len(known) > SMALL and len(set(known)) > MOST * len(known):
        return "texts that hardly recur"
    if sum(map(len, known)) > LONG * len(known):
        return "prose"
    return FieldPlan(name, name, "category", said="a category")
