"""Learners against those that the study says the others must beat: a family of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from coldbench.report.pairs import holm, outcome, seen_from
from coldbench.report.study import ReportData
from coldbench.report.topic import Sentence, Topic, with_limits
from coldbench.report.topics.cost import CostTopic
from coldbench.statistics import Interval
from coldbench.text import NA, Cell, Column, Section, Table, interval, listed, number

__all__ = ["Against", "Contest"]

HOW = (
    "Each learner's MAE minus that of a learner which it should beat, with its 95 % interval: "
    "below 0 it does better. Bold: shown to be better; n.s.: neither is shown; the others are "
    "shown to be worse. Holm's correction is over these comparisons alone, because the study "
    "named them. Time: seconds of a run over those of the reference."
)


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


class Against(Topic):
    """A table for each reference; nothing for a study that names none."""

    order = 30

    @cached_property
    def contests(self) -> tuple[Contest, ...]:
        """Every learner against every reference in every scenario; references among themselves
        too."""
        data = self.data
        contests = [
            contest
            for reference in data.against
            for scenario in data.scenarios
            for learner in data.learners
            if learner != reference
            and learner in data.asked
            and (contest := _contest(data, scenario, learner, reference))
        ]
        declared = len(data.against) * len(data.scenarios) * (len(data.asked) - 1)
        adjusted = holm([contest.p for contest in contests], declared)
        return tuple(replace(c, adjusted=p) for c, p in zip(contests, adjusted, strict=True))

    def section(self) -> Section | None:
        if not self.contests:
            return None
        seconds = {cost.learner: cost.seconds for cost in self.data.of(CostTopic).costs}
        references = self.data.against
        tables = tuple(_table(self.data, name, self.contests, seconds) for name in references)
        note = (
            f"{len(self.contests)} comparisons; those between all learners are under Differences."
        )
        title = "Against the learners to beat"
        return Section("against", "To beat", title, HOW, (), tables, (note,))

    def files(self) -> dict[str, list[dict[str, object]]]:
        return {"against.csv": [_row(contest) for contest in self.contests]}

    def sentences(self) -> list[Sentence]:
        """By reference: who is shown to beat it, scenario by scenario."""
        return [self._winners(reference) for reference in self.data.against]

    def _winners(self, reference: str) -> Sentence:
        data = self.data
        won = {
            scenario: [
                data.names[c.learner]
                for c in self.contests
                if (c.reference, c.scenario, c.outcome) == (reference, scenario, "better")
            ]
            for scenario in data.scenarios
        }
        winners = [f"{scenario}: {listed(names) or 'nobody'}" for scenario, names in won.items()]
        text = f"Shown to beat {data.names[reference]}: {'; '.join(winners)}."
        kind = "shown" if any(won.values()) else "open"
        return Sentence(text, "against", kind, f"Against {data.names[reference]}")


def _contest(data: ReportData, scenario: str, learner: str, reference: str) -> Contest | None:
    seen = seen_from(data.pairs, scenario, learner, reference)
    if seen is None:
        return None
    return Contest(learner, reference, scenario, seen.difference, seen.pair.difference.p)


def _table(
    data: ReportData, reference: str, contests: Sequence[Contest], seconds: dict[str, float]
) -> Table:
    cells = {(c.learner, c.scenario): _cell(c) for c in contests if c.reference == reference}
    rows = tuple(
        (
            Cell(data.names[name]),
            *(cells.get((name, scenario), Cell(NA)) for scenario in data.scenarios),
            _times(seconds.get(name), seconds.get(reference)),
        )
        for name in data.learners
        if name != reference and name in data.asked
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


def _row(contest: Contest) -> dict[str, object]:
    return {
        "scenario": contest.scenario,
        "learner": contest.learner,
        "reference": contest.reference,
        "n_seeds": contest.difference.n,
        **with_limits("difference", contest.difference),
        "p": contest.p,
        "p_holm": contest.adjusted,
        "outcome": contest.outcome,
    }
