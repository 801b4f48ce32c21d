"""An entry to a reference pack, in plain values."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coldbench.cli.facts.runs import outcome
from coldbench.league import Entry, reach_sentence

__all__ = ["entry_facts"]


def entry_facts(entry: Entry, files: Mapping[str, Path]) -> dict[str, Any]:
    """entry.json, the summary of the study, what few seeds can show, and the report's files."""
    made = outcome(entry.study or entry.own)
    return {
        "study": entry.folder,
        "entry": entry.facts,
        "summary": made["summary"],
        "unfinished": made["unfinished"],
        "reach": _reach(entry),
        "files": {name: str(path) for name, path in files.items()},
    }


def _reach(entry: Entry) -> str:
    if entry.study is None or not entry.facts.lite:
        return ""
    return reach_sentence(entry.study, entry.facts)
