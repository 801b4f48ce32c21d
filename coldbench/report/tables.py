"""Tables as data: text cells that HTML, Markdown and LaTeX render alike, each in its own escape."""

from dataclasses import dataclass

from coldbench.statistics import Interval

__all__ = ["NA", "Cell", "Column", "Section", "Table", "interval", "number", "percent", "range_of"]

NA = "n/a"


@dataclass(frozen=True, slots=True)
class Cell:
    """text: what is shown; note: a second, smaller line; mark: `best`, `tied`, `bad`, `muted` or
    ``; sort: what an interactive table sorts by instead of the text."""

    text: str
    note: str = ""
    mark: str = ""
    sort: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; numeric columns align right."""

    title: str
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """big: too long for paper; the page folds it, Markdown and LaTeX name the CSV instead.
    interactive: the page lets the reader sort and filter it."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    big: bool = False
    interactive: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: how to read it, its figures (by key), tables, and what is missing."""

    key: str
    title: str
    how: str
    figures: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    code: tuple[tuple[str, str], ...] = ()  # (what it is, text)


def number(value: float | None, places: int = 4) -> str:
    """Rounded to `places`, with a real minus sign; NA for None."""
    if value is None or value != value:
        return NA
    text = f"{value:.{places}f}"
    zero = float(text) == 0
    return text.lstrip("-") if zero else text.replace("-", "−")


def range_of(interval: Interval, places: int = 4) -> str:
    """`[low, high]`, or NA."""
    if interval.low is None or interval.high is None:
        return NA
    return f"[{number(interval.low, places)}, {number(interval.high, places)}]"


def interval(value: Interval, places: int = 4) -> Cell:
    """The value, its limits below it."""
    return Cell(number(value.value, places), range_of(value, places), sort=value.value)


def percent(value: float | None, places: int = 0) -> str:
    """A share as `31 %`."""
    return NA if value is None else f"{100 * value:.{places}f} %"
