"""card.md: a learner as `coldbench describe` has it, without what only holds on one machine."""

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["card_text"]

Facts = Mapping[str, Any]


def card_text(facts: Facts, options: Mapping[str, Any]) -> str:
    """facts: of `coldbench describe --json`; options: those with which the learner was entered."""
    lines = [f"# {facts['name']}", "", _plain(facts["what"]), ""]
    lines += [f"From {facts['package']}, `{facts['target']}`, code `{facts['code']}`.", ""]
    if facts["documentation"]:
        lines += [*(f"    {line}".rstrip() for line in facts["documentation"].splitlines()), ""]
    lines += ["| option | entered with | default | tuned within | what, and why |"]
    lines += ["|---|---|---|---|---|"]
    lines += [_option(one, options) for one in facts["options"]]
    return "\n".join(lines) + "\n"


def _option(one: Facts, options: Mapping[str, Any]) -> str:
    entered = options.get(one["name"], one["default"])
    cells = (one["name"], entered, one["default"], _within(one["tuned"]), one["about"])
    return f"| {' | '.join(_plain(cell) for cell in cells)} |"


def _within(space: Facts | None) -> str:
    if space is None:
        return ""
    if "values" in space:
        return ", ".join(map(str, space["values"]))
    return f"{space['low']:g} to {space['high']:g}{', log' if space['log'] else ''}"


def _plain(value: object) -> str:
    """On one line; a bar would end the cell."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return " ".join(text.split()).replace("|", "\\|")
