"""Whether one learner's runs scatter less than another's."""

import math

from coldbench.report.drawing.forest import Row, bars
from coldbench.report.drawing.style import Plot
from coldbench.report.pairs import Pair
from coldbench.report.study import ReportData
from coldbench.report.topic import ALONE, Sentence, Topic
from coldbench.statistics import Interval
from coldbench.text import Cell, Column, Section, Table, interval, number, p_value, range_of

__all__ = ["Steadiness"]

FEWEST = 3  # seeds for a comparison of two spreads
HOW = (
    "Is one learner steadier than another? Each bar is the 95 % interval of a standard "
    "deviation over seeds. The table divides the sd of A by that of B: at 1 both are equally "
    "steady, at 2 the runs of A scatter twice as widely; an interval that holds 1 shows "
    "nothing. Paired: Pitman-Morgan on common seeds, which needs normal runs; Brown-Forsythe does "
    "not. A difference is shown only where both agree, each corrected after Holm."
)


class Steadiness(Topic):
    """Sd of each learner with its interval; ratio of two sds for all pairs."""

    order = 70

    def section(self) -> Section:
        data = self.data
        notes = [] if len(data.asked) > 1 else [ALONE]
        pairs = [pair for pair in data.pairs if len(pair.seeds) >= FEWEST]
        if not pairs and len(data.asked) > 1:
            notes.append(f"n/a: comparing two spreads needs {FEWEST} common seeds.")
        elif pairs:
            notes.append(
                "For 10 runs of unrelated learners the interval reaches from half of the ratio to "
                "twice it; common seeds narrow it."
            )
        tables = (_table(data, pairs),) if pairs else ()
        title = "Is one learner steadier?"
        return Section("steadiness", "Steadiness", title, HOW, (), tables, tuple(notes))

    def figures(self) -> list[Plot]:
        """For each scenario: the standard deviation of every learner with its interval."""
        label = "standard deviation of the MAE over seeds"
        rows = {
            scenario: [
                Row(self.data.names[s.learner], (), s.spread.sd, "", s.partial)
                for s in self.data.ranked(scenario)
                if s.spread.sd.value is not None
            ]
            for scenario in self.data.scenarios
        }
        return [bars(f"steadiness-{s}", s, some, label) for s, some in rows.items() if some]

    def sentences(self) -> list[Sentence]:
        """The clearest difference of two spreads, or that none is shown."""
        tested = [pair for pair in self.data.pairs if pair.spread_adjusted is not None]
        if not tested:
            return []
        shown = [pair for pair in tested if pair.spread_shown]
        if not shown:
            text = f"No learner is shown to be steadier than another ({len(tested)} comparisons)."
            return [Sentence(text, "steadiness", "open", "Steadiness")]
        pair = max(shown, key=lambda pair: _apart(pair.spread.ratio))
        text = f"Shown to differ in {len(shown)} of {len(tested)} comparisons; most clearly on "
        text += f"{pair.scenario}: {_ratio(self.data, pair)}."
        return [Sentence(text, "steadiness", "shown", "Steadiness")]


def _ratio(data: ReportData, pair: Pair) -> str:
    ratio = pair.spread.ratio
    return (
        f"the standard deviation of {data.names[pair.a]} is {number(ratio.value, 2)} "
        f"{range_of(ratio, 2)} times that of {data.names[pair.b]}"
    )


def _apart(ratio: Interval) -> float:
    """How far the nearer end of the interval is from 1, as a factor."""
    low, high = ratio.low or 0.0, ratio.high or math.inf
    return max(low, 1 / high)


def _table(data: ReportData, pairs: list[Pair]) -> Table:
    columns = (
        Column("scenario", False),
        Column("A", False),
        Column("B", False),
        Column("seeds"),
        Column("sd of A / sd of B, 95 % interval"),
        Column("p, paired"),
        Column("p, Holm"),
        Column("p, Brown-Forsythe"),
        Column("p, Holm"),
        Column("steadier", False),
    )
    rows = tuple(_row(data, pair) for pair in pairs)
    return Table("steadiness", "Ratio of standard deviations", columns, rows, big=True)


def _row(data: ReportData, pair: Pair) -> tuple[Cell, ...]:
    spread, shown = pair.spread, pair.spread_shown
    steadier = data.names[pair.a if (spread.ratio.value or 1.0) < 1.0 else pair.b]
    return (
        Cell(pair.scenario),
        Cell(data.names[pair.a]),
        Cell(data.names[pair.b]),
        Cell(str(len(pair.seeds))),
        interval(spread.ratio, 2),
        Cell(p_value(spread.p_paired)),
        Cell(p_value(pair.spread_adjusted), mark="best" if shown else ""),
        Cell(p_value(spread.p_unpaired)),
        Cell(p_value(pair.spread_unpaired_adjusted), mark="best" if shown else ""),
        Cell(steadier if shown else "not shown", mark="" if shown else "muted"),
    )
