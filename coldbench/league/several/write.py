"""A folder of studies in, the files of all reports out."""

from collections.abc import Sequence
from pathlib import Path

from coldbench.errors import unknown
from coldbench.league.several.document import LeagueDocument
from coldbench.league.several.league import LeagueOver
from coldbench.report.drawing.draw import Draw
from coldbench.report.write import KINDS, write_page, write_report

__all__ = ["write_league", "write_leagues"]


def write_league(
    league: LeagueOver, out: Path, draw: Draw, kinds: Sequence[str] = ("svg",)
) -> dict[str, Path]:
    """The page of the league, `report.md`, CSV files and figures; returns them by name.

    Raises UsageError for other kinds of figures, StoreError when `out` cannot be written.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("kind of figures", kind, KINDS)
    return write_page(LeagueDocument(league), out, kinds, draw, {})


def write_leagues(
    league: LeagueOver, out: Path, draw: Draw, kinds: Sequence[str] = ("svg",)
) -> dict[str, Path]:
    """The same, and each study's own report in a folder beside it, named as the study's is."""
    for member in league.members:
        below = out / member.data.study.path.resolve().name
        write_report(member.data.study, below, kinds, member.data, draw)
    return write_league(league, out, draw, kinds)
