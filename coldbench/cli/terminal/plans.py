"""Comparisons of two studies, and plans from a pilot, on the console."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from coldbench.cli.terminal.screen import open_console, table
from coldbench.report.formats.terms import spelled
from coldbench.text import display_name, plain

if TYPE_CHECKING:
    from coldbench.report.compare import Contrasts
    from coldbench.text import Cell, Table

__all__ = ["print_contrasts", "print_needs"]

LEFT_OUT = ("runs", "p, equivalence")  # no room in 100 columns
SAFELY = (
    "seeds: as if the pilot's standard deviation were the true one, which gives too few half of "
    "the time; planned safely: with its upper 80 % limit; the last column: at the ends of its 95 % "
    "interval. For one comparison: with several, divide --level by their number."
)


def print_contrasts(contrasts: "Contrasts", numbers: "Table") -> None:
    """What differs between the studies, then the numbers, then how to read them."""
    console = open_console()
    if contrasts.differing:
        lines = [[what, a, b] for what, a, b in contrasts.differing]
        console.print(table("What differs", ("", "A", "B"), lines))
    else:
        console.print("The studies share data, protocol, options and code.\n")
    _print(console, numbers)
    console.print(Text(spelled(list(dict.fromkeys(one.scenario for one in contrasts.lines)))))
    console.print(Text(f"Paired: {'yes' if contrasts.paired else 'no'}, {contrasts.why}."))
    console.print(
        Text(
            f"Equivalent: shown to lie within {contrasts.margin:g} rating points of each other. "
            "Not shown: neither a difference nor equivalence; more seeds may tell. Below 0, A has "
            "the lower error. p is corrected after Holm over all rows."
        )
    )
    for name, alone in zip("AB", contrasts.alone, strict=True):
        if alone:
            learners = ", ".join(display_name(learner) for learner in alone)
            console.print(Text(f"Only in {name}: {learners}."))


def print_needs(needs: "Table") -> None:
    """The table, and how to read it."""
    console = open_console()
    _print(console, needs)
    console.print(Text(spelled(list(dict.fromkeys(row[0].text for row in needs.rows)))))
    console.print(Text(SAFELY))


def _print(console: Console, numbers: "Table") -> None:
    places = [k for k, column in enumerate(numbers.columns) if column.title not in LEFT_OUT]
    lines = [[_cell(row[place]) for place in places] for row in numbers.rows]
    headings = [numbers.columns[place].title.replace(", 95 % interval", "") for place in places]
    console.print(table(numbers.title, headings, lines))


def _cell(cell: "Cell") -> Text:
    """The limits of an interval below its value."""
    return Text("\n".join(plain(part) for part in (cell.text, cell.note) if part))
