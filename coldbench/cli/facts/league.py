"""A league over data sets."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coldbench.league import LeagueDocument, LeagueOver, frames_of

__all__ = ["league_facts"]


def league_facts(league: LeagueOver, folder: Path, files: Mapping[str, Path]) -> dict[str, Any]:
    """What the first screen says, the rows of league.csv and skills.csv, the verdicts in words,
    and the files."""
    document, frames = LeagueDocument(league), frames_of(league)
    return {
        "folder": folder,
        "data_sets": list(league.datasets),
        "answer": list(document.front.answer),
        "league": frames["league"].to_dict("records"),
        "skills": frames["skills"].to_dict("records"),
        "sentences": [
            {"subject": one.subject, "kind": one.kind, "text": one.text, "section": one.section}
            for one in document.sentences
        ],
        "files": dict(files),
    }
