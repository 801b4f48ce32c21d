"""The league: each learner over all data sets, and on the next one."""

from collections.abc import Sequence

from coldbench.league.several.cells import counted, skill_cell, span, times
from coldbench.league.several.chapters.chapter import Chapter
from coldbench.league.several.over import Overall
from coldbench.report.formats.terms import spelled
from coldbench.report.topic import Sentence
from coldbench.text import Cell, Column, Section, Table, listed

__all__ = ["OverallChapter", "columns_of", "row_of"]

HOW = (
    "Skill: per cent of the best constant's error (MAE) that a learner removes. Mean: over data "
    "sets, each counted alike, with its 95 % interval, whose unit is the data set. Next data set: "
    "where 95 % of further data sets would fall, were they drawn as these were. Minus ridge: the "
    "same of the skill above that of `ridge`. Beats: on how many data sets that is shown, by the "
    "decision of each study's own report. Time: of a run, in runs of {}, geometric mean."
)
FEW = (
    "With {} data sets an interval over data sets is wide ({} times their spread is added on "
    "either side): what is true of these data sets is in the columns that count them."
)
ALONE = "One data set has no interval over data sets: add others."
NOT_RUN = (
    "Not run on every data set, and so behind the others, with a mean over the data sets that they "
    "have, which cannot be compared with means over all: {}."
)
REACH = {2: "9", 3: "2.5", 4: "1.6", 5: "1.2", 6: "1.05"}  # t / sqrt(K)


class OverallChapter(Chapter):
    """A table for each scenario."""

    def section(self) -> Section:
        league = self.league
        tables = tuple(self._table(scenario) for scenario in league.scenarios)
        how = HOW.format(f"`{league.sentinel}`" if league.sentinel else "no learner of all studies")
        notes = [spelled(league.scenarios), *self._few(), *self._partial(), *league.notes]
        return Section("league", "League", "League over data sets", how, (), tables, tuple(notes))

    def sentences(self) -> list[Sentence]:
        """By scenario: who is shown to beat ridge and the best constant on every data set."""
        return [Sentence(self._verdicts(s), "league", "shown", s) for s in self.league.scenarios]

    def _verdicts(self, scenario: str) -> str:
        made = [one for one in self.league.overall[scenario] if one.learner in self.league.asked]
        ridge = self._everywhere(made, "ridge")
        constant = sum(one.constant[0] == one.of for one in made)
        return (
            f"Shown to beat ridge on every data set: {listed(ridge) or 'nobody'}; shown to beat "
            f"the best constant on every one: {constant} of {len(made)} learners."
        )

    def _everywhere(self, made: Sequence[Overall], kind: str) -> list[str]:
        return [self.names[one.learner] for one in made if getattr(one, kind)[0] == one.of]

    def _few(self) -> list[str]:
        count = len(self.league.datasets)
        if count == 1:
            return [ALONE]
        return [FEW.format(count, REACH[count])] if count in REACH else []

    def _partial(self) -> list[str]:
        first = self.league.overall[self.league.scenarios[0]]
        said = [
            f"{self.names[one.learner]} ({one.of - len(one.missing)} of {one.of})"
            for one in first
            if one.missing
        ]
        return [NOT_RUN.format(listed(said, 40))] if said else []

    def _table(self, scenario: str) -> Table:
        rows = tuple(row_of(self, one) for one in self.league.overall[scenario])
        big = scenario != self.league.scenarios[0]
        return Table(f"over-{scenario}", scenario, columns_of(), rows, big, interactive=big)


def columns_of() -> tuple[Column, ...]:
    """Of a league over data sets."""
    titles = ("mean skill, %", "next data set", "minus ridge", "beats ridge", "beats constant")
    more = ("mean rank", "time ×", "front")
    return (Column("learner", False), *(Column(title) for title in (*titles, *more)))


def row_of(chapter: Chapter, one: Overall) -> tuple[Cell, ...]:
    """A learner in a scenario."""
    whole = "" if not one.missing else f"{one.of - len(one.missing)} of {one.of} data sets"
    mark = "" if one.learner in chapter.league.asked else "reference"
    mean = sum(one.ranks.values()) / len(one.ranks) if one.ranks else None
    worst = f"worst {max(one.ranks.values())}" if one.ranks else ""
    return (
        Cell(chapter.names[one.learner], "" if mark == "" else "yardstick", mark),
        skill_cell(one.skill.mean, whole),
        _next(one),
        skill_cell(one.over_ridge.mean if one.over_ridge else None),
        counted(one.ridge),
        counted(one.constant),
        Cell("" if mean is None else f"{mean:.1f}", worst, sort=mean),
        times(one.times),
        Cell("yes" if one.front else "", sort=float(one.front)),
    )


def _next(one: Overall) -> Cell:
    limits = span(one.skill.new)
    return Cell(limits or "n/a", mark="" if limits else "muted", sort=one.skill.new.low)
