"""The league: each learner over all data sets, and on the next one."""

from coldbench.league.several.cells import counted, needed, of_sets, skill_cell, span, times
from coldbench.league.several.chapters.caveats import caveats
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
    "mean of the skill above that of `ridge`. All these intervals are one at a time, not corrected "
    "for the number of learners. Data sets needed: for a t test over data sets to show so large a "
    "mean above or below ridge with a power of 80 %, at the upper 80 % limit of their sd; and at "
    "the sd as it is, which is too small about half of the time. Beats: on how many data sets that "
    "is shown, by the decision of each study's own report. Time: of a run, in runs of {}, "
    "geometric mean."
)


class OverallChapter(Chapter):
    """A table for each scenario."""

    def section(self) -> Section:
        league = self.league
        tables = tuple(self._table(scenario) for scenario in league.scenarios)
        how = HOW.format(f"`{league.sentinel}`" if league.sentinel else "no learner of all studies")
        notes = (spelled(league.scenarios), *caveats(self))
        return Section("league", "League", "League over data sets", how, (), tables, notes)

    def sentences(self) -> list[Sentence]:
        """By scenario: who is shown to beat ridge and the best constant on every data set."""
        return [Sentence(self._verdicts(s), "league", "shown", s) for s in self.league.scenarios]

    def _verdicts(self, scenario: str) -> str:
        made = [one for one in self.league.overall[scenario] if one.learner in self.league.asked]
        ridge = [self.names[one.learner] for one in made if one.ridge[0] == one.of]
        tested = [one for one in made if one.whole and one.constant[2]]
        constant = sum(one.constant[0] == one.of for one in tested)
        return (
            f"Shown to beat ridge on every data set: {listed(ridge) or 'nobody'}; shown to beat "
            f"the best constant on every one: {constant} of {len(tested)} learners."
        )

    def _table(self, scenario: str) -> Table:
        rows = tuple(row_of(self, one) for one in self.league.overall[scenario])
        big = scenario != self.league.scenarios[0]
        return Table(f"over-{scenario}", scenario, columns_of(), rows, big, interactive=big)


def columns_of() -> tuple[Column, ...]:
    """Of a league over data sets."""
    titles = ("mean skill, %", "next data set", "minus ridge", "data sets needed", "beats ridge")
    more = ("beats constant", "mean rank", "time ×", "front")
    return (Column("learner", False), *(Column(title) for title in (*titles, *more)))


def row_of(chapter: Chapter, one: Overall) -> tuple[Cell, ...]:
    """A learner in a scenario."""
    more = one.over_ridge
    mark = "" if one.learner in chapter.league.asked else "reference"
    mean = sum(one.ranks.values()) / len(one.ranks) if one.ranks else None
    worst = f"worst {max(one.ranks.values())}" if one.ranks else ""
    return (
        Cell(chapter.names[one.learner], "" if mark == "" else "yardstick", mark),
        skill_cell(one.skill.mean, of_sets(one.skill.n, one.of)),
        _next(one),
        skill_cell(more.mean, of_sets(more.n, one.of)) if more else skill_cell(None),
        needed(one.needed, more.n if more else 0, one.of),
        counted(one.ridge, one.of),
        counted(one.constant, one.of),
        Cell("" if mean is None else f"{mean:.1f}", worst, sort=mean),
        times(one.times),
        Cell("yes" if one.front else "", sort=float(one.front)),
    )


def _next(one: Overall) -> Cell:
    limits = span(one.skill.new)
    return Cell(limits or "n/a", mark="" if limits else "muted", sort=one.skill.new.low)
