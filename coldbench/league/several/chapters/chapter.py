"""What every part of the league's report can say."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from coldbench.league.several.league import LeagueOver
from coldbench.report.drawing.style import Plot
from coldbench.report.topic import Sentence
from coldbench.text import Section, display_names

__all__ = ["Chapter"]


class Chapter:
    """Like a topic of a study's report; its figures are added to the section by key."""

    def __init__(self, league: LeagueOver) -> None:
        self.league = league

    @cached_property
    def names(self) -> Mapping[str, str]:
        """How each learner is shown."""
        return display_names(self.league.learners)

    def section(self) -> Section | None:
        """None where there is nothing to say."""
        return None

    def figures(self) -> Sequence[Plot]:
        """Nothing is drawn yet."""
        return ()

    def sentences(self) -> Sequence[Sentence]:
        """Never stronger than the numbers."""
        return ()
