"""Each learner against the best constant and `bias`: is it worth its time?"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

from coldbench.report.beaten import in_a_line
from coldbench.report.pairs import Seen, seen_from
from coldbench.report.study import ReportData
from coldbench.report.topic import Topic, with_limits
from coldbench.statistics import Interval
from coldbench.study import YARDSTICKS
from coldbench.text import NA, Cell, Column, Section, Table, interval, listed

__all__ = ["Measure", "Yardsticks", "note_of"]

HOW = (
    "The MAE of each learner minus that of a yardstick on their common seeds: below 0 it does "
    "better. Bold: shown to be better; coloured: shown to be worse; the others are not shown to "
    "differ."
)
APART = (
    "Nobody asked for {}: they ran as yardsticks and take no part in the league. All comparisons "
    "with them in a scenario are one family, apart from that of the learners, so that no "
    "difference between learners becomes harder to show."
)
MARKS = {"better": "best", "worse": "bad"}


@dataclass(frozen=True, slots=True)
class Measure:
    """A learner's MAE minus that of a yardstick; limits, p: in the family of their comparison;
    outcome: `better`, `worse` or `open`, `` where nothing was tested."""

    learner: str
    yardstick: str
    scenario: str
    limits: Interval
    p: float | None
    outcome: str


class Yardsticks(Topic):
    """A table for each yardstick, and a line for the first screen."""

    order = 13

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """By yardstick, learner and scenario."""
        data = self.data
        return tuple(
            _measure(seen, learner, yardstick)
            for yardstick in data.yardsticks
            for learner in self._learners
            for scenario in data.scenarios
            if (seen := seen_from(data.every_pair, scenario, learner, yardstick))
        )

    @property
    def _learners(self) -> list[str]:
        apart = {*self.data.yardsticks, *self.data.departures}
        return [name for name in self.data.learners if name not in apart]

    def line(self, learners: Collection[str] = ()) -> str:
        """What beats the yardsticks, of some learners or of all; `` where nothing was tested."""
        outcomes: dict[tuple[str, str], dict[str, str]] = {}
        for one in self.measures:
            if one.outcome and (one.learner in learners or not learners):
                outcomes.setdefault((one.learner, one.scenario), {})[one.yardstick] = one.outcome
        return in_a_line(outcomes, self.data.names, self.data.scenarios)

    def section(self) -> Section | None:
        data = self.data
        if not self.measures:
            return None
        notes = (APART.format(listed([data.names[n] for n in data.beside])),) if data.beside else ()
        tables = tuple(self._table(name) for name in data.yardsticks)
        return Section("yardsticks", "Yardsticks", "Yardsticks", HOW, (), tables, notes)

    def _table(self, yardstick: str) -> Table:
        data = self.data
        mine = {(m.learner, m.scenario): m for m in self.measures if m.yardstick == yardstick}
        rows = tuple(
            (Cell(data.names[name]), *(_cell(mine.get((name, s))) for s in data.scenarios))
            for name in self._learners
        )
        columns = (Column("learner", False), *map(Column, data.scenarios))
        return Table(f"beside-{yardstick}", f"Minus {data.names[yardstick]}", columns, rows)

    def files(self) -> dict[str, list[dict[str, object]]]:
        return {"yardsticks.csv": [_columns(one) for one in self.measures]}


def note_of(data: ReportData, learner: str) -> str:
    """What stands beside the name of a yardstick in tables, `` for other learners."""
    called = YARDSTICKS.get(learner, "")
    if learner not in data.yardsticks:
        return ""
    return "yardstick" if called == learner else f"yardstick: {called}"


def _measure(seen: Seen, learner: str, yardstick: str) -> Measure:
    p = seen.pair.adjusted
    outcome = "" if p is None else seen.outcome
    return Measure(learner, yardstick, seen.pair.scenario, seen.limits, p, outcome)


def _cell(one: Measure | None) -> Cell:
    if one is None:
        return Cell(NA, mark="muted")
    return replace(interval(one.limits), mark=MARKS.get(one.outcome, ""))


def _columns(one: Measure) -> dict[str, object]:
    return {
        "scenario": one.scenario,
        "learner": one.learner,
        "yardstick": one.yardstick,
        "n_seeds": one.limits.n,
        **with_limits("difference", one.limits),
        "p": one.p,
        "outcome": one.outcome or None,
    }
