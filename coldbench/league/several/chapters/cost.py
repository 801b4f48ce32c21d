"""Cost against skill: above whose mean skill nobody is in less time."""

from functools import partial

from coldbench.league.several.chapters.chapter import Chapter
from coldbench.report.drawing.scatter import Point, scatter
from coldbench.report.drawing.style import Plot, short
from coldbench.report.topic import Sentence
from coldbench.text import Cell, Column, Section, Table, listed

__all__ = ["CostChapter"]

HOW = (
    "Time of a run against mean skill over data sets: up and left is better. Time is in runs of "
    "{} on the same data set and machine, the geometric mean over data sets. On the front, marked "
    "◆: no other learner has as high a mean skill in as little time. Only learners that were run "
    "on every data set."
)


class CostChapter(Chapter):
    """A figure for each scenario; nothing where no study says how long runs took."""

    def section(self) -> Section | None:
        if not self.league.sentinel:
            return None
        how = HOW.format(f"`{self.league.sentinel}`")
        return Section("cost", "Cost", "Cost against skill", how, (), (self._table(),))

    def sentences(self) -> list[Sentence]:
        if not self.league.sentinel:
            return []
        said = ((s, listed(names, 9)) for s in self.league.scenarios if (names := self.front(s)))
        text = "No other learner has as high a mean skill in as little time as: {}."
        return [Sentence(text.format(names), "cost", "open", s) for s, names in said]

    def front(self, scenario: str) -> list[str]:
        """The learners on it, the cheapest first."""
        mine = [one for one in self.league.overall[scenario] if one.front]
        return [self.names[one.learner] for one in sorted(mine, key=lambda one: one.times or 0.0)]

    def figures(self) -> list[Plot]:
        return [self._plot(scenario) for scenario in self.league.scenarios if self.league.sentinel]

    def _plot(self, scenario: str) -> Plot:
        every = self.league.overall[scenario]
        mine = [one for one in every if one.times is not None and one.whole]
        places = {name: place for place, name in enumerate(self.league.learners)}
        points = [
            Point(
                f"{'◆ ' if one.front else ''}{short(self.names[one.learner])}",
                places[one.learner],
                float(one.times or 0.0),
                100.0 * one.level,
            )
            for one in mine
        ]
        said = " ".join(f"{p.name}: {p.x:,.3g} times, {p.y:.1f} %." for p in points)
        labels = (f"time of a run, in runs of {self.league.sentinel}", f"{scenario}: mean skill, %")
        alt = f"{scenario}: mean skill over data sets against the time of a run. {said}"
        return Plot(f"cost-{scenario}", alt, partial(scatter, points, labels, True))

    def _table(self) -> Table:
        """Seconds of a run on each data set."""
        league = self.league
        known = [n for n in league.learners if any(n in mine for mine in league.seconds.values())]
        columns = (Column("learner", False), *(Column(name) for name in league.datasets))
        rows = tuple(
            (Cell(self.names[name]), *(_seconds(one.get(name)) for one in league.seconds.values()))
            for name in known
        )
        return Table("seconds", "Seconds of a run, median", columns, rows, True, interactive=True)


def _seconds(value: float | None) -> Cell:
    if value is None:
        return Cell("not run", mark="muted")
    return Cell(f"{value:,.2f}" if value < 10 else f"{value:,.0f}", sort=value)
