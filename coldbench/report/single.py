"""One table of a study in one format: what `coldbench report --format` prints."""

from collections.abc import Callable

from coldbench.errors import unknown
from coldbench.report.document import Document
from coldbench.report.formats.html import table_to_html
from coldbench.report.formats.latex import table_to_latex
from coldbench.report.formats.markdown import table_to_markdown
from coldbench.report.study import build
from coldbench.study import Study
from coldbench.text import Table, to_csv

__all__ = ["FORMATS", "render", "written"]


def _csv(table: Table) -> str:
    """Cells as they are shown, a note in a column of its own."""
    noted = [any(row[k].note for row in table.rows) for k in range(len(table.columns))]
    heads = [
        head
        for title, has_note in zip(table.headings, noted, strict=True)
        for head in ([title, f"{title}, note"] if has_note else [title])
    ]
    lines = [
        [
            _plain_minus(text)
            for cell, has_note in zip(row, noted, strict=True)
            for text in ([cell.text, cell.note] if has_note else [cell.text])
        ]
        for row in table.rows
    ]
    return to_csv(heads, lines)


def _plain_minus(text: str) -> str | float:
    try:
        return float(text.replace("−", "-")) if "−" in text else text
    except ValueError:
        return text


FORMATS: dict[str, Callable[[Table], str]] = {
    "latex": table_to_latex,
    "markdown": table_to_markdown,
    "csv": _csv,
    "html": table_to_html,
}


def render(study: Study, format: str = "markdown", table: str = "main") -> str:
    """A table of the report, by key (`main`, `pairs`, `reversals`, `spread`, ...), as text.

    Raises UsageError, with the nearest name, for a format or table that is not there.
    """
    _known(format)
    tables = {t.key: t for section in build(study).of(Document).sections for t in section.tables}
    if table not in tables:
        raise unknown("table", table, tables)
    return FORMATS[format](tables[table])


def written(table: Table, format: str) -> str:
    """Any table as text that ends in a line feed; raises UsageError for an unknown format."""
    _known(format)
    return FORMATS[format](table).rstrip("\n") + "\n"


def _known(format: str) -> None:
    if format not in FORMATS:
        raise unknown("format", format, FORMATS)
