"""The console, and tables on it. Text is never read as markup: plugins choose names."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from coldbench.text import plain

__all__ = ["NARROWEST", "duration", "open_console", "progress_console", "runs", "table"]

NARROWEST = 100  # columns assumed where the output is not a terminal
NUMERIC = "-−.0123456789n±[◆●"  # first characters of cells in a numeric column


def open_console(errors: bool = False) -> Console:
    """On standard output, or standard error; what its encoding lacks is shown as `?`, never an
    error."""
    reconfigure = getattr(sys.stderr if errors else sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    common: dict[str, Any] = {"highlight": False, "emoji": False, "markup": False, "stderr": errors}
    console = Console(**common)
    return console if console.is_terminal else Console(**common, width=NARROWEST, no_color=True)


def progress_console(quiet: bool, as_json: bool) -> Console:
    """Where a command shows what it is doing: nowhere if it is to be quiet, and not among JSON."""
    return Console(quiet=True) if quiet else open_console(errors=as_json)


def duration(seconds: float) -> str:
    """`8 s`, `3 min 20 s`, `2 h 05 min`."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def runs(count: int) -> str:
    """`1 run`, `2 runs`."""
    return f"{count} run" if count == 1 else f"{count} runs"


def table(title: str, columns: Sequence[str], lines: Iterable[Sequence[object]]) -> Table:
    """Cells are plain text; columns of numbers align right."""
    cells = [[_cell(value) for value in line] for line in lines]
    grid = Table(
        title=Text(title) if title else None,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for place, column in enumerate(columns):
        texts = [line[place].plain for line in cells]
        numeric = bool(texts) and all(text[:1] in NUMERIC for text in texts)
        grid.add_column(Text(column), justify="right" if numeric else "left", overflow="fold")
    for line in cells:
        grid.add_row(*line)
    return grid


def _cell(value: object) -> Text:
    return value if isinstance(value, Text) else Text(plain(value))
