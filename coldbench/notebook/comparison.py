"""Two learners of a study, scenario by scenario."""

from dataclasses import asdict, dataclass

import pandas as pd

from coldbench.errors import UsageError, unknown
from coldbench.notebook.framed import as_text
from coldbench.report.crossing import Crossing
from coldbench.report.formats.fragment import table_to_fragment
from coldbench.report.pairs import Pair, Seen, seen_from
from coldbench.report.study import ReportData
from coldbench.report.topics.differences import sentence_of
from coldbench.statistics import Interval
from coldbench.text import Cell, Column, Table, display_name, number, p_in_words, p_value, range_of

__all__ = ["Comparison"]


@dataclass(frozen=True, slots=True)
class Line:
    """One scenario. seeds: that both finished; difference: below 0 where the first named is
    better; low, high: its limits, and p: what decides, for all pairs of learners at once."""

    scenario: str
    seeds: int
    difference: float
    low: float | None
    high: float | None
    p: float | None
    verdict: str


@dataclass(frozen=True, eq=False)
class Comparison:
    """MAE of `a` minus that of `b` in each scenario. sentences: the verdicts at more length;
    pairs: of learners, that are tested together."""

    a: str
    b: str
    lines: tuple[Line, ...]
    sentences: tuple[str, ...]
    pairs: int

    @classmethod
    def of(cls, data: ReportData, a: str, b: str) -> "Comparison":
        """Raises UsageError for a learner that the study does not have, or does not compare."""
        for name in (a, b):
            if name not in data.learners:
                raise unknown("learner", name, data.learners)
        found = (seen_from(data.pairs, scenario, a, b) for scenario in data.scenarios)
        met = [seen for seen in found if seen]
        if not met:
            raise UsageError(f"this study does not compare {a!r} and {b!r}: {_why(data)}")
        lines = tuple(_line(data, seen) for seen in met)
        sentences = tuple(sentence_of(data, seen.pair).text for seen in met)
        pairs = max(len(data.families[seen.pair.scenario].pairs) for seen in met)
        return cls(a, b, lines, sentences, pairs)

    @property
    def frame(self) -> pd.DataFrame:
        """One row for each scenario, unrounded."""
        return pd.DataFrame([asdict(line) for line in self.lines])

    @property
    def table(self) -> Table:
        """The same for people."""
        columns = (
            Column("scenario", False), Column("seeds"), Column("difference"), Column("limits"),
            Column("p"), Column("verdict", False),
        )  # fmt: skip
        rows = tuple(
            (
                Cell(one.scenario),
                Cell(str(one.seeds)),
                Cell(number(one.difference)),
                Cell(range_of(Interval(one.difference, one.low, one.high, one.seeds))),
                Cell(p_value(one.p)),
                Cell(one.verdict),
            )
            for one in self.lines
        )
        together = f", limits and p for all {self.pairs} pairs at once" if self.pairs > 1 else ""
        names = display_name(self.a), display_name(self.b)
        title = f"MAE of {names[0]} minus that of {names[1]}, on common seeds{together}"
        return Table("comparison", title, columns, rows)

    def __repr__(self) -> str:
        return as_text(self.table)

    def _repr_html_(self) -> str:
        return table_to_fragment(self.table)


def _why(data: ReportData) -> str:
    ablation = "an ablation compares a departure with its own base only"
    return ablation if data.departures else "they share no seed"


def _line(data: ReportData, seen: Seen) -> Line:
    pair, limits = seen.pair, seen.limits
    return Line(
        pair.scenario,
        len(pair.seeds),
        limits.value or 0.0,
        limits.low,
        limits.high,
        pair.adjusted,
        _verdict(data, pair),
    )


def _verdict(data: ReportData, pair: Pair) -> str:
    """In words, never stronger than the numbers."""
    if pair.adjusted is None:
        return "n/a: one common seed"
    limits, margin = pair.limits, data.manifest.margin
    bounded = limits.low is not None and limits.high is not None
    equal = bounded and -margin < (limits.low or 0.0) and (limits.high or 0.0) < margin
    tail = f", equal within {margin:g}" if equal else ""
    better, other = (pair.a, pair.b) if (limits.value or 0.0) < 0.0 else (pair.b, pair.a)
    if not pair.shown or not bounded or limits.contains(0.0):
        return f"not shown to differ{tail}{_not_the_best(data, pair.scenario, other)}"
    holds = data.of(Crossing).clause(pair.scenario, pair.a, pair.b)
    return f"{data.names[better]} is better{tail}, {holds}"


def _not_the_best(data: ReportData, scenario: str, learner: str) -> str:
    """What the league says of it all the same: others have left that family, so that fewer pairs
    are corrected for."""
    one = data.standing(learner, scenario)
    if one is None or (one.group, one.how) != ("worse", "mean"):
        return ""
    return f"; that {data.names[learner]} is not the best is shown, {p_in_words(one.p or 0.0)}"
