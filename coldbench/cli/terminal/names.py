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


def print_names(what: str) -> None:
    """Everything that can be named: with the package it comes from and one line about it."""
    columns = ("name", "package", "what it is")
    open_console().print(table("", columns, _NAMES[what]()))


def _models() -> list[tuple[str, str, str]]:
    from coldbench.learning import load_variant

    def summary(name: str, target: Any) -> str:
        variant = load_variant(name)
        return variant.note or _first_line(variant.learner)

    return _plugins("learner", summary)


def _datasets() -> list[tuple[str, str, str]]:
    return _plugins("dataset", lambda name, target: target.summary or _first_line(target))


def _metrics() -> list[tuple[str, str, str]]:
    return _plugins("metric", lambda name, target: target.summary)


def _protocols() -> list[tuple[str, str, str]]:
    from importlib.metadata import version

    from coldbench.tasks import PROTOCOLS

    package = f"coldbench {version('coldbench')}"
    return [(name, package, protocol.summary) for name, protocol in PROTOCOLS.items()]


_NAMES = {
    "models": _models,
    "datasets": _datasets,
    "protocols": _protocols,
    "metrics": _metrics,
}


def _plugins(kind: str, summary: Any) -> list[tuple[str, str, str]]:
    """A plugin that cannot be imported is listed with its error, not hidden."""
    from coldbench import registry
    from coldbench.errors import ColdbenchError

    lines = []
    for name, plugin in registry.plugins(kind).items():
        try:
            description = summary(name, registry.load(kind, name))
        except (ColdbenchError, AttributeError) as error:
            description = f"cannot be used: {display_name(error, 200)}"
        package = f"{plugin.package} {plugin.version}"
        lines.append((display_name(name), display_name(package), display_name(description, 200)))
    return lines


def _first_line(thing: Any) -> str:
    return (thing.__doc__ or "").strip().split("\n")[0]


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
