"""Rows of a table in HTML: a template takes five times as long for a hundred thousand cells."""

from urllib.parse import quote

from markupsafe import Markup, escape

from coldbench.text import Cell, Table

__all__ = ["rows_to_html"]

LEAGUE = ("main", "top")  # tables in which signs say what a mark means
SIGNS = {
    "best": '<i aria-label="best">◆</i>',
    "contender": '<i aria-label="may be the best">●</i>',
    "unsettled": '<i aria-label="unsettled">○</i>',
}


def rows_to_html(table: Table) -> Markup:
    """A line for each row, its first cell the heading."""
    numeric = [column.numeric for column in table.columns]
    signs = SIGNS if table.key in LEAGUE else {}
    return Markup("".join(_row(row, numeric, signs) for row in table.rows))


def _row(row: tuple[Cell, ...], numeric: list[bool], signs: dict[str, str]) -> str:
    kind = ' class="reference"' if row[0].mark == "reference" else ""
    first, *others = (
        f"{_opening(cell, right)}>{signs.get(cell.mark, '')}{_content(cell)}"
        for cell, right in zip(row, numeric, strict=False)
    )
    rest = "".join(f"<td{cell}</td>" for cell in others)
    place = f' id="{escape(row[0].at)}"' if row[0].at else ""
    return f'<tr{kind}{place}><th scope="row"{first}</th>{rest}</tr>\n'


def _opening(cell: Cell, right: bool) -> str:
    """Attributes; right: aligned so."""
    kinds = f"n {cell.mark}" if right and cell.mark else "n" if right else cell.mark
    kind = f' class="{escape(kinds)}"' if kinds else ""
    return kind if cell.sort is None else f'{kind} data-sort="{escape(cell.sort)}"'


def _content(cell: Cell) -> str:
    note = f"<small>{escape(cell.note)}</small>" if cell.note else ""
    where = f"./{quote(cell.beside)}" if cell.beside else f"#{cell.to}" if cell.to else ""
    text = f'<a href="{escape(where)}">{escape(cell.text)}</a>' if where else escape(cell.text)
    return f"<b>{text}</b>{note}"
