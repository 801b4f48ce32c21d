"""A league over data sets on the console."""

from collections.abc import Mapping
from pathlib import Path

from rich.text import Text

from coldbench.cli.terminal.screen import open_console, table
from coldbench.league import LeagueDocument, LeagueOver
from coldbench.text import plain

__all__ = ["print_league"]


def print_league(league: LeagueOver, files: Mapping[str, Path]) -> None:
    """The answer, the learners that come first, the verdicts; the last line names the page."""
    console, document = open_console(), LeagueDocument(league)
    console.print(Text(document.lead))
    for text in document.front.answer:
        console.print(Text(text, style="bold"))
    top = document.front.top
    lines = [[Text("\n".join(filter(None, (c.text, c.note)))) for c in row] for row in top.rows]
    console.print(table(top.title, [column.title for column in top.columns], lines))
    for sentence in document.sentences:
        console.print(Text(f"{sentence.subject}: {sentence.text}"))
    console.print()
    console.print(Text(plain(files["report.html"])), soft_wrap=True)
