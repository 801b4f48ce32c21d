"""A table as HTML for pages of others: a notebook, a web page. It brings no style sheet."""

from collections.abc import Sequence

from coldbench.report.formats.html import environment
from coldbench.text import Table

__all__ = ["table_to_fragment"]


def table_to_fragment(table: Table, notes: Sequence[str] = ()) -> str:
    """The table with its caption, then paragraphs of notes; names are text whatever they hold."""
    macros = environment().get_template("fragment.html").module
    return str(macros.table(table, notes)).strip() + "\n"  # type: ignore[attr-defined]
