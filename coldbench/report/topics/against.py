"""Learners against those that the study says the others must beat: a family of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coldbench.report.pairs import holm, outcome, pair_of
from coldbench.report.study import ReportData
from coldbench.report.topics.cost import costs_of
from coldbench.statistics import Interval
from coldbench.text import NA, Cell, Column, Section, Table, interval, number

__all__ = ["Contest", "against", "contests"]


@dataclass(frozen=True, slots=True)
class Contest:
    """A learner's MAE minus that of a reference on their common seeds; p: of the paired t test;
    adjusted: Holm's p over all contests of the study."""

    learner: str
    reference: str
    scenario: str
    difference: Interval
    p: float | None
    adjusted: float | None = None

    @property
    def outcome(self) -> str:
        """`better` or `worse` where that is shown, else `open`."""
        return outcome(self.difference.value, self.adjusted)


def contests(data: ReportData) -> tuple[Contest, ...]:
    """Every learner against every reference in every scenario; references among themselves too."""
    found = []
    for reference in data.against:
        for scenario in data.scenarios:
            for learner in (name for name in data.learners if name != reference):
                pair, sign = pair_of(data.pairs, scenario, learner, reference)
                if pair is not None:
                    mean = pair.difference.difference
                    mean = mean if sign > 0 else -mean
                    found.append(Contest(learner, reference, scenario, mean, pair.difference.p))
    declared = len(data.against) * len(data.scenarios) * (len(data.learners) - 1)
    adjusted = holm([contest.p for contest in found], declared)
    return tuple(replace(c, adjusted=p) for c, p in zip(found, adjusted, strict=True))


def against(data: ReportData) -> Section | None:
    """A table for each reference; nothing for a study that names none."""
    found = contests(data)
    if not found:
        return None
    how = (
        "Each learner's MAE minus that of a learner which it should beat, with its 95 % interval: "
        "below 0 it does better. Bold: shown to be better; n.s.: neither is shown; the others are "
        "shown to be worse. Holm's correction is over these comparisons alone, because the study "
        "named them. Time: seconds of a run over those of the reference."
    )
    tables = tuple(_table(data, reference, found) for reference in data.against)
    note = f"{len(found)} comparisons; those between all learners are under Differences."
    title = "Against the learners to beat"
    return Section("against", "To beat", title, how, (), tables, (note,))


def _table(data: ReportData, reference: str, found: Sequence[Contest]) -> Table:
    cells = {(c.learner, c.scenario): _cell(c) for c in found if c.reference == reference}
    seconds = {cost.learner: cost.seconds for cost in costs_of(data)}
    rows = tuple(
        (
            Cell(data.names[name]),
            *(cells.get((name, scenario), Cell(NA)) for scenario in data.scenarios),
            _times(seconds.get(name), seconds.get(reference)),
        )
        for name in data.learners
        if name != reference
    )
    columns = (Column("learner", False), *map(Column, data.scenarios), Column("time ×"))
    return Table(f"against-{reference}", f"Against {data.names[reference]}", columns, rows)


def _cell(contest: Contest) -> Cell:
    cell = interval(contest.difference)
    if contest.outcome == "open":
        return replace(cell, text=f"{cell.text} n.s.")
    return replace(cell, mark="best" if contest.outcome == "better" else "")


def _times(mine: float | None, its: float | None) -> Cell:
    if not mine or not its:
        return Cell(NA)
    ratio = mine / its
    return Cell(number(ratio, 2 if ratio < 10 else 0), sort=ratio)
