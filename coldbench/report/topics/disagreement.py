"""Two seeds of one learner on the same rating: do they predict the same?"""

from dataclasses import replace
from functools import cached_property

from coldbench.report.drawing.forest import Row, bars
from coldbench.report.drawing.style import Plot
from coldbench.report.predictions import Place, array, by_place, incomplete, without
from coldbench.report.study import ReportData
from coldbench.report.topic import Topic, with_limits
from coldbench.statistics import Disagreement, Overlap, overlap_disagreement
from coldbench.study import Digest
from coldbench.text import NA, Cell, Column, Section, Table, interval, percent_cell

__all__ = ["DisagreementTopic", "disagreements"]

HOW = (
    "Two runs of one learner predict the same rating: how far apart are they? In rating "
    "points, and how often they round to different stars. Equal means can hide this: users "
    "would see other recommendations although the error is the same. Bars: 95 % intervals."
)
STREAMS = (
    "Only ratings that both seeds ask for in the same scenario; the streams that this study "
    "moves (split, episodes, initial state, order) differ between the two."
)


class DisagreementTopic(Topic):
    """How far two seeds are apart on the same rating."""

    order = 110

    @cached_property
    def places(self) -> dict[Place, Disagreement]:
        """Empty where neither predictions nor their digest are at hand."""
        digest, _ = self.data.digest
        return {} if digest is None else disagreements(digest)

    def section(self) -> Section:
        title, (digest, gap) = "Do two seeds predict the same?", self.data.digest
        if digest is None:
            return Section("disagreement", "Disagreement", title, HOW, notes=(without(gap),))
        notes = (*incomplete(self.data), STREAMS)
        table = _table(self.data, self.places)
        return Section("disagreement", "Disagreement", title, HOW, (), (table,), notes)

    def figures(self) -> list[Plot]:
        label = "distance of two seeds' predictions, rating points"
        rows = {scenario: self._rows(scenario) for scenario in self.data.scenarios}
        return [bars(f"disagreement-{s}", s, some, label) for s, some in rows.items() if some]

    def _rows(self, scenario: str) -> list[Row]:
        data = self.data
        return [
            Row(data.names[name], (), one.difference, "", data.partial(name, scenario))
            for name in data.learners
            if (one := self.places.get((name, scenario))) and one.difference.value is not None
        ]

    def files(self) -> dict[str, list[dict[str, object]]]:
        return {"disagreement.csv": [_columns(*place, one) for place, one in self.places.items()]}


def disagreements(digest: Digest) -> dict[Place, Disagreement]:
    """By learner and scenario: two seeds on the same rating."""
    return {
        place: overlap_disagreement(
            Overlap(
                array(line.common for line in lines),
                array(line.difference for line in lines),
                array(line.churn for line in lines),
            )
        )
        for place, lines in by_place(digest).items()
    }


def _table(data: ReportData, places: dict[Place, Disagreement]) -> Table:
    columns = (
        Column("scenario", False),
        Column("learner", False),
        Column("seeds"),
        Column("ratings that two seeds share"),
        Column("apart, rating points"),
        Column("other star"),
    )
    rows = tuple(
        (
            Cell(scenario),
            Cell(data.names[name]),
            Cell(str(one.n)),
            Cell(f"{one.n_ratings:,}" if one.n_ratings else NA),
            interval(one.difference),
            replace(percent_cell(one.churn, 1), sort=one.churn.value),
        )
        for scenario in data.scenarios
        for name in data.learners
        if (one := places.get((name, scenario)))
    )
    return Table("disagreement", "Two seeds on the same rating", columns, rows, big=True)


def _columns(learner: str, scenario: str, one: Disagreement) -> dict[str, object]:
    return {
        "scenario": scenario,
        "learner": learner,
        "n_seeds": one.n,
        "ratings_of_a_pair": one.n_ratings,
        **with_limits("difference", one.difference),
        **with_limits("churn", one.churn),
    }
