"""The learners that somebody came with, each against every other learner."""

from dataclasses import replace

from coldbench.report.pairs import seen_from
from coldbench.report.study import ReportData
from coldbench.report.topic import Topic
from coldbench.text import NA, Cell, Column, Section, Table, interval

__all__ = ["Focus", "met_in"]

HOW = (
    "The MAE of the learner in focus minus that of each other learner on their common seeds, with "
    "limits for all pairs of a scenario at once: below 0 it does better. Bold: shown to be better; "
    "coloured: shown to be worse; the others are not shown to differ."
)


class Focus(Topic):
    """Nothing where no learner is in focus: none was named, and none is of another package."""

    order = 12

    def section(self) -> Section | None:
        data = self.data
        if not data.focus or len(data.learners) < 2:
            return None
        tables = tuple(_table(data, name, place) for place, name in enumerate(data.focus, 1))
        return Section("focus", "In focus", "In focus", HOW, (), tables)


def met_in(data: ReportData, name: str, scenario: str) -> dict[str, str]:
    """By other learner that it was compared with: `better`, `worse` or `open`; yardsticks that
    nobody asked for stand apart."""
    others = data.asked if name in data.asked else data.learners
    met = ((o, seen_from(data.every_pair, scenario, name, o)) for o in others if o != name)
    return {other: seen.outcome for other, seen in met if seen}


def _table(data: ReportData, name: str, place: int) -> Table:
    columns = (Column("against", False), *map(Column, data.scenarios))
    rows = tuple(
        (Cell(data.names[other]), *(_cell(data, name, other, s) for s in data.scenarios))
        for other in data.learners
        if other != name
    )
    return Table(f"focus-{place}", f"{data.names[name]} minus each other learner", columns, rows)


def _cell(data: ReportData, name: str, other: str, scenario: str) -> Cell:
    seen = seen_from(data.every_pair, scenario, name, other)
    if seen is None:
        return Cell(NA, mark="muted")
    mark = {"better": "best", "worse": "bad"}.get(seen.outcome, "")
    return replace(interval(seen.limits), mark=mark)
