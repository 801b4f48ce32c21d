"""Published values: is each a plausible single run of our learner?"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from coldbench.report.study import MAIN, ReportData
from coldbench.report.topic import Sentence, Topic
from coldbench.statistics import PublishedComparison, compare_published
from coldbench.study import Published
from coldbench.text import (
    NA,
    Cell,
    Column,
    Section,
    Table,
    display_name,
    interval,
    number,
    p_value,
    range_of,
)

__all__ = ["PublishedTopic"]

CAVEAT = (
    "Published values are single runs of settings that are not stated in full: "
    "nothing says that their protocol is the one of this study."
)
HOW = (
    "Is a published value a plausible single run of our learner? Inside: it lies in the "
    "interval in which 95 % of further runs fall. The percentile says where it would rank "
    "among our runs (0: lower than all). Equivalent: our mean is shown to lie within the "
    "margin of it."
)


@dataclass(frozen=True, slots=True)
class Check:
    """A published row against the runs of a learner in a scenario."""

    row: Published
    learner: str
    scenario: str
    result: PublishedComparison


class PublishedTopic(Topic):
    """Nothing for a data set without published values."""

    order = 80

    @cached_property
    def checks(self) -> list[Check]:
        """Wherever a row is about a learner that finished a run."""
        return [
            check
            for row, margin in self.data.published
            if row.metric == MAIN
            for learner in self.data.anchors
            if _is_about(row, learner)
            for check in self._checks(row, margin, learner)
        ]

    def _checks(self, row: Published, margin: float, learner: str) -> Iterator[Check]:
        for scenario in (name for name in self.data.scenarios if name in row.values):
            runs = list(self.data.values(learner, scenario).values())
            if runs:
                result = compare_published(runs, row.values[scenario], margin=margin)
                yield Check(row, learner, scenario, result)

    def section(self) -> Section | None:
        rows = self.data.published
        if not rows:
            return None
        columns = (
            Column("published", False),
            Column("scenario", False),
            Column("value"),
            Column("our learner", False),
            Column("our mean, 95 % interval"),
            Column("95 % of further runs"),
            Column("inside", False),
            Column("percentile"),
            Column("p, equivalence"),
        )
        lines = tuple(_row(self.data, check) for check in self.checks)
        table = Table("published", "Published values against our runs", columns, lines)
        sources = [f"{display_name(r.label)}: {display_name(r.source, 300)}." for r, _ in rows]
        margin = f"Margin of equivalence, fixed beforehand: {rows[0][1]:g} rating points."
        tables, notes = (table,) if lines else (), (CAVEAT, *sources, margin)
        return Section("published", "Published", "Published values", HOW, (), tables, notes)

    def sentences(self) -> list[Sentence]:
        """One for each row and learner with several runs."""
        groups: dict[tuple[int, str], list[Check]] = {}
        for check in self.checks:
            if len(self.data.values(check.learner, check.scenario)) > 1:
                groups.setdefault((id(check.row), check.learner), []).append(check)
        return [_plausible(self.data, checks) for checks in groups.values()]


def _is_about(row: Published, learner: str) -> bool:
    """Whether a published row may be compared with a learner of ours."""
    return learner == row.learner or learner.startswith(f"{row.learner}-")


def _row(data: ReportData, check: Check) -> tuple[Cell, ...]:
    result, standing = check.result, data.standings[check.learner, check.scenario]
    inside = NA if result.inside is None else "yes" if result.inside else "no"
    equivalent = {True: "equivalent", False: "not shown", None: ""}[result.equivalent]
    percentile = NA if result.percentile is None else f"{result.percentile:.1f}"
    return (
        Cell(display_name(check.row.label)),
        Cell(check.scenario),
        Cell(number(result.published)),
        Cell(data.names[check.learner]),
        interval(standing.mean),
        Cell(range_of(result.prediction)),
        Cell(inside, mark="best" if result.inside else ""),
        Cell(percentile),
        Cell(p_value(result.tost_p), equivalent),
    )


def _plausible(data: ReportData, checks: list[Check]) -> Sentence:
    inside = ", ".join(check.scenario for check in checks if check.result.inside)
    outside = ", ".join(check.scenario for check in checks if not check.result.inside)
    name = data.names[checks[0].learner]
    text = f"{display_name(checks[0].row.label)}, as one more run of our {name}: "
    if not outside:
        text += f"plausible in {inside}."
    elif not inside:
        text += f"implausible in {outside} (outside the 95 % prediction interval)."
    else:
        text += f"plausible in {inside}, implausible in {outside}."
    return Sentence(text, "published", "open", "Published values")
