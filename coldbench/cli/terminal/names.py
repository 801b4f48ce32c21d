"""Lists of what can be named, and what is in a data set."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from coldbench.cli.terminal.screen import open_console, table
from coldbench.text import display_name, plain

if TYPE_CHECKING:
    from coldbench.data import Ratings

__all__ = ["print_info", "print_names", "print_warnings"]

WIDEST = 40  # characters of a bar of the histogram
SAID = {"understood": "Understood: ", "warnings": "Warning: ", "notes": "Note: "}


def print_names(found: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
    """By kind: each name with the package it comes from and one line about it."""
    columns = ("name", "package", "what it is")
    for kind, things in found.items():
        lines = [
            (
                display_name(one["name"]),
                display_name(one["package"]),
                display_name(one["what"], 200),
            )
            for one in things
        ]
        open_console().print(table(kind if len(found) > 1 else "", columns, lines))


def print_info(ratings: "Ratings") -> None:
    """What was understood and what to doubt, then counts, fingerprints, fields and histogram."""
    from coldbench.data import describe

    console = open_console()
    facts = describe(ratings)
    for key, mark in SAID.items():
        for sentence in facts.pop(key):
            console.print(Text(f"{mark}{plain(sentence)}"), soft_wrap=True)
    lines = [
        (key.replace("_", " "), text) for key, value in facts.items() if (text := _text(value))
    ]
    console.print(table("", ("what", "value"), lines))
    for key in ("user_fields", "item_fields"):
        if facts[key]:
            rows = [[_part(*part) for part in field.items()] for field in facts[key]]
            headings = [name.replace("_", " ") for name in facts[key][0]]
            console.print(table(key.replace("_", " "), headings, rows))
    if facts["histogram"]:
        console.print(_histogram(facts["histogram"]))


def print_warnings(warnings: Sequence[str]) -> None:
    """On standard error, each on one line."""
    console = open_console(errors=True)
    for sentence in warnings:
        line = Text(f"{SAID['warnings']}{plain(sentence)}", style="yellow")
        console.print(line, soft_wrap=True)


def _part(name: str, value: Any) -> str:
    return f"{100 * value:.3g} %" if isinstance(value, float) else plain(value)


def _text(value: Any) -> str:
    """One line; nested tables, which are shown apart, give an empty text."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)  # years have no comma
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, list):
        nested = any(isinstance(part, dict) for part in value)
        return "" if nested else ", ".join(_text(part) for part in value)
    if isinstance(value, Mapping):
        numbers = all(isinstance(part, float) for part in value.values())
        return ", ".join(f"{key} {part:g}" for key, part in value.items()) if numbers else ""
    return plain(value)


def _histogram(counts: Mapping[str, int]) -> Text:
    most, total = max(counts.values()), sum(counts.values())
    width = max(map(len, counts))
    lines = [
        f"{plain(value):>{width}}  {'█' * max(round(WIDEST * count / most), 1)} "
        f"{count:,} ({100 * count / total:.0f} %)"
        for value, count in counts.items()
    ]
    return Text("\n".join(["ratings", *lines]))
