"""Studies, what is in one, and a learner, as `coldbench.cli.facts` has them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from coldbench.cli.terminal.screen import duration, open_console, table
from coldbench.text import display_name, plain

__all__ = ["print_learner", "print_studies", "print_study_facts"]

Facts = Mapping[str, Any]
ROOM = 16  # characters for the learners of a study in a list of studies


def print_studies(studies: Sequence[Facts]) -> None:
    """A line each; then those that cannot be read, each with the reason."""
    console = open_console()
    lines = [_study(one) for one in studies if not one["problem"]]
    columns = ("study", "data", "protocol", "learners", "seeds", "runs", "revision", "changed")
    if lines:
        console.print(table("", columns, lines))
    for one in (one for one in studies if one["problem"]):
        line = f"{plain(one['name'])}: cannot be read: {plain(one['problem'])}"
        console.print(Text(line, style="red"), soft_wrap=True)


def _study(one: Facts) -> tuple[str, ...]:
    return (
        plain(one["name"]),
        display_name(one["dataset"]),
        display_name(one["protocol"]),
        _few([display_name(name) for name in one["learners"]]),
        str(one["seeds"]),
        _runs(one["runs"]),
        _last([name[:7] for name in one["revisions"]]),
        one["changed"][:10],
    )


def _few(names: Sequence[str]) -> str:
    """Names as far as a column has room for them, else how many there are."""
    text = ", ".join(names)
    return text if len(text) <= ROOM else f"{len(names)} learners"


def _last(revisions: Sequence[str]) -> str:
    more = f" +{len(revisions) - 1}" if len(revisions) > 1 else ""
    return f"{revisions[-1]}{more}" if revisions else "unknown"


def _runs(counts: Facts) -> str:
    """`20`, or `17 of 20, 1 failed`."""
    finished, planned = counts["finished"], counts["planned"]
    parts = [str(finished) if finished == planned else f"{finished} of {planned}"]
    parts += [f"{counts[word]} {word}" for word in ("failed", "declined") if counts[word]]
    return ", ".join(parts)


def print_study_facts(facts: Facts) -> None:
    """Settings, learners, fingerprints, then what to know before using the study."""
    console = open_console()
    settings = [
        (key.replace("_", " "), _value(v)) for key, v in facts["settings"].items() if v != []
    ]
    console.print(table(plain(facts["study"]), ("setting", "value"), settings))
    columns = ("learner", "what ran", "options other than the defaults", "runs", "code")
    console.print(table("", columns, [_learner(one) for one in facts["learners"]]))
    prints = facts["fingerprints"]
    lines = [(name, plain(prints[name])) for name in ("dataset", "rows", "content") if prints[name]]
    edited = " (with uncommitted changes)" if prints["edited"] else ""
    lines.append(("revisions", f"{', '.join(prints['revisions']) or 'unknown'}{edited}"))
    console.print(table("", ("fingerprint", "value"), lines))
    console.print(f"Runs: {_runs(facts['runs'])}.")
    for text in facts["warnings"]:
        console.print(Text(f"Warning: {plain(text)}", style="yellow"), soft_wrap=True)


def _learner(one: Facts) -> tuple[str, ...]:
    marks = [word for word in ("yardstick", "tuned") if one[word]]
    name = display_name(one["name"]) + (f" ({', '.join(marks)})" if marks else "")
    options = ", ".join(f"{plain(key)} {_value(value)}" for key, value in one["options"].items())
    ran = one["base"] if one["base"] != one["name"] else one["package"].partition(" (")[0]
    return name, plain(ran), options or "(defaults)", _runs(one["runs"]), ", ".join(one["code"])


def print_learner(facts: Facts) -> None:
    """What it is, its options, then where it comes from and what it costs."""
    console = open_console()
    name = display_name(facts["name"])
    console.print(Text(f"{name}: {plain(facts['what'])}\n", style="bold"))
    console.print(Text("\n".join(plain_lines(facts["documentation"]))), soft_wrap=True)
    columns = ("option", "default", "tuned within", "what, and why")
    lines = [
        (one["name"], _value(one["default"]), _tuned(one), one["about"]) for one in facts["options"]
    ]
    console.print(table("", columns, lines))
    if facts["switches"]:
        console.print(Text(f"Switches of `coldbench ablate`: {', '.join(facts['switches'])}"))
    origin = f"From {plain(facts['package'])}, {plain(facts['target'])}, code {facts['code']}"
    console.print(Text(f"{origin}\n{plain(facts['file'] or 'no file')}"), soft_wrap=True)
    console.print(Text(_cost(facts["cost"])))


def _tuned(option: Facts) -> str:
    """Within what, or as which learner."""
    base = option["tuned_by"]
    return f"as {display_name(base)}" if base else _within(option["tuned"])


def plain_lines(text: str) -> list[str]:
    """Line by line, so that equations keep their places."""
    return [" " * (len(line) - len(line.lstrip())) + plain(line) for line in text.splitlines()]


def _cost(cost: Facts | None) -> str:
    if cost is None:
        return "Cost: not measured; `coldbench run --dry-run` estimates it."
    return (
        f"Cost on {plain(cost['dataset'])}, median of the {cost['runs']} runs of {cost['pack']}: "
        f"{duration(cost['seconds'])}."
    )


def _within(space: Facts | None) -> str:
    if space is None:
        return ""
    if "values" in space:
        return ", ".join(_value(value) for value in space["values"])
    return f"{space['low']:g} to {space['high']:g}{', log' if space['log'] else ''}"


def _value(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(_value, value)) or "none"
    return value if isinstance(value, str) else plain(json.dumps(value, default=str))
