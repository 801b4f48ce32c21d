"""Tables as plain text, for consoles."""

import unicodedata

from coldbench.text import Table

__all__ = ["as_text"]


def as_text(table: Table) -> str:
    """Title, heads and rows, in columns as wide as their widest cell; numbers align right."""
    lines = [table.headings, *([f"{c.text} {c.note}".strip() for c in row] for row in table.rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    numeric = [column.numeric for column in table.columns]
    rows = (
        "  ".join(
            _padded(text, width, right)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )
    return "\n".join([*([table.title] if table.title else []), *rows])


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _width(text: str) -> int:
    """Cells of a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
