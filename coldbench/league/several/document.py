"""The report of a league over data sets before it has a format."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from coldbench.league.several.chapters.chapter import Chapter
from coldbench.league.several.chapters.cost import CostChapter
from coldbench.league.several.chapters.left_out import LeftOutChapter
from coldbench.league.several.chapters.meta import MetaChapter
from coldbench.league.several.chapters.order import OrderChapter
from coldbench.league.several.chapters.overall import OverallChapter
from coldbench.league.several.chapters.skills import SkillChapter
from coldbench.league.several.chapters.studies import StudiesChapter
from coldbench.league.several.frames import frames_of
from coldbench.league.several.front import LeagueFront
from coldbench.league.several.league import LeagueOver
from coldbench.report.drawing.style import Plot
from coldbench.report.formats.terms import spelled
from coldbench.report.topic import Rows, Sentence
from coldbench.text import Section, display_name

__all__ = ["LeagueDocument"]

CHAPTERS = (
    OverallChapter, SkillChapter, MetaChapter, OrderChapter, LeftOutChapter, CostChapter,
    StudiesChapter,
)  # fmt: skip


class LeagueDocument:
    """What HTML and Markdown write of a league."""

    def __init__(self, league: LeagueOver) -> None:
        self.league = league
        self.chapters: list[Chapter] = [kind(league) for kind in CHAPTERS]

    @cached_property
    def front(self) -> LeagueFront:
        """The first screen."""
        return LeagueFront(self.league)

    @property
    def title(self) -> str:
        """`7 data sets · separate`."""
        count = len(self.league.datasets)
        return f"{count} data set{'' if count == 1 else 's'} · {display_name(self._protocol)}"

    @property
    def _protocol(self) -> str:
        return self.league.members[0].data.protocol

    @property
    def lead(self) -> str:
        """What was run, and what skill is."""
        seeds = sorted({len(member.data.seeds) for member in self.league.members})
        many = f"{seeds[0]}" if len(seeds) == 1 else f"{seeds[0]} to {seeds[-1]}"
        return (
            f"{len(self.league.asked)} learners, {many} seeds a data set. Skill: per cent of the "
            f"best constant's MAE that is removed, higher is better. {spelled(self.scenarios[:1])}"
        )

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Those of any data set."""
        return self.league.scenarios

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """In order, each with the keys of its figures."""
        made = ((chapter.section(), chapter) for chapter in self.chapters)
        return tuple(
            replace(section, figures=tuple(plot.key for plot in self._plots[chapter]))
            for section, chapter in made
            if section is not None
        )

    @cached_property
    def figures(self) -> dict[str, Plot]:
        """By key, that of the first screen first."""
        every = ((self.front.plot,), *self._plots.values())
        return {plot.key: plot for plots in every for plot in plots}

    @cached_property
    def _plots(self) -> dict[Chapter, Sequence[Plot]]:
        return {chapter: chapter.figures() for chapter in self.chapters}

    @cached_property
    def files(self) -> dict[str, Rows]:
        """CSV files by name."""
        return {f"{name}.csv": frame for name, frame in frames_of(self.league).items()}

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """By scenario."""
        every = [sentence for chapter in self.chapters for sentence in chapter.sentences()]
        order = {scenario: place for place, scenario in enumerate(self.scenarios)}
        return tuple(sorted(every, key=lambda one: order.get(one.subject, len(order))))
