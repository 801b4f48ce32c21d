"""Tables as data: text cells that HTML, Markdown and LaTeX render alike, each in its own escape."""

from dataclasses import dataclass, replace

from coldbench.statistics import Interval

__all__ = [
    "NA",
    "Cell",
    "Column",
    "Section",
    "Table",
    "interval",
    "noted",
    "number",
    "p_value",
    "percent",
    "percent_cell",
    "range_of",
    "spans",
]

NA = "n/a"


@dataclass(frozen=True, slots=True)
class Cell:
    """text: what is shown; note: a second, smaller line; mark: `best`, `contender`, `unsettled`,
    `bold`, `bad`, `muted` or ``; sort: what an interactive table sorts by instead of the text; at,
    to: on the page, the place of its row, and the place that its text leads to; beside: the file
    beside the page that it leads to."""

    text: str
    note: str = ""
    mark: str = ""
    sort: float | None = None
    at: str = ""
    to: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading; numeric columns align right."""

    title: str
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """big: too long for paper; the page folds it, Markdown and LaTeX name the CSV instead.
    interactive: the page lets the reader sort and filter it. groups: headings above the columns
    from the left, each with how many it is above; caption: what explains it, beside the title."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    big: bool = False
    interactive: bool = False
    groups: tuple[tuple[str, int], ...] = ()
    caption: str = ""

    @property
    def headings(self) -> list[str]:
        """Titles of the columns, each behind that of its group: for formats with one head row."""
        above = [group for group, count in self.groups for _ in range(count)]
        above += [""] * (len(self.columns) - len(above))
        pairs = zip(above, self.columns, strict=True)
        return [f"{group} {column.title}" if group else column.title for group, column in pairs]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: `short` title, title, how to read it, figures (by key), tables, what is
    missing. Words between backquotes are code. paper: whether a printed document has it."""

    key: str
    short: str
    title: str
    how: str
    figures: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    code: tuple[tuple[str, str], ...] = ()  # (what it is, text)
    paper: bool = True


def spans(text: str) -> list[tuple[bool, str]]:
    """A text in parts; True marks the code between backquotes."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return [(False, text)]
    return [(place % 2 == 1, part) for place, part in enumerate(parts) if part]


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
    limits = range_of(value, places)
    return Cell(number(value.value, places), "" if limits == NA else limits, sort=value.value)


def noted(cell: Cell, more: str) -> Cell:
    """The cell with more in its note."""
    return replace(cell, note=", ".join(part for part in (cell.note, more) if part))


def p_value(p: float | None) -> str:
    """Four decimals, or `<0.0001`: a p is never 0."""
    return "<0.0001" if p is not None and p < 0.0001 else number(p)


def percent(value: float | None, places: int = 0) -> str:
    """A share as `31 %`."""
    return NA if value is None else f"{100 * value:.{places}f} %"


def percent_cell(value: Interval, places: int = 0) -> Cell:
    """A share, its limits below it."""
    low, high = percent(value.low, places), percent(value.high, places)
    return Cell(percent(value.value, places), "" if NA in (low, high) else f"[{low}, {high}]")
