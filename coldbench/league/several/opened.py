"""A folder of studies as notebooks hold it."""

from functools import cached_property
from pathlib import Path

import pandas as pd

from coldbench.league.several.chapters.overall import OverallChapter
from coldbench.league.several.document import LeagueDocument
from coldbench.league.several.frames import frames_of
from coldbench.league.several.league import LeagueOver, league_over
from coldbench.league.several.write import write_leagues
from coldbench.report.drawing.draw import artists
from coldbench.report.formats.fragment import table_to_fragment

__all__ = ["DataSets", "open_league"]


class DataSets:
    """The league over the data sets of a folder of studies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.league: LeagueOver = league_over(folder)

    @cached_property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The tables of the CSV files by name: `league`, `skills`, `runs`, ..."""
        return frames_of(self.league)

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each scenario and learner, over all data sets."""
        return self.frames["league"]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is said first, of the first scenario."""
        return LeagueDocument(self.league).front.answer

    def report(self, out: str | Path | None = None) -> Path:
        """Write each study's report and the league's into `out` (default: the folder); returns
        the league's page."""
        with artists(1) as draw:
            return write_leagues(self.league, Path(out or self.folder), draw)["report.html"]

    def __repr__(self) -> str:
        names = ", ".join(self.league.datasets)
        return f"<coldbench league {self.folder}: {len(self.league.asked)} learners on {names}>"

    def _repr_html_(self) -> str:
        section = OverallChapter(self.league).section()
        return table_to_fragment(section.tables[0], self.sentences)


def open_league(folder: str | Path) -> DataSets:
    """The league over the data sets of the studies in a folder.

    Raises StoreError where there is none, or where they cannot stand in one table.
    """
    return DataSets(Path(folder))
