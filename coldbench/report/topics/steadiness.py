"""The section that asks whether one learner's runs scatter less than another's."""

from coldbench.report.pairs import ALPHA, Pair
from coldbench.report.study import ReportData
from coldbench.report.topics.differences import ALONE
from coldbench.statistics import Interval
from coldbench.text import Cell, Column, Section, Table, interval, p_value

__all__ = ["FEWEST", "shown_spread", "spreads_differ", "steadiness"]

FEWEST = 3  # seeds for a comparison of two spreads
LEAST = (
    0.01  # by which a ratio must miss 1: runs that agree to the last digits prove any difference
)


def steadiness(data: ReportData) -> Section:
    """Sd of each learner with its interval; ratio of two sds for all pairs."""
    how = (
        "Is one learner steadier than another? Each bar is the 95 % interval of a standard "
        "deviation over seeds. The table divides the sd of A by that of B: at 1 both are equally "
        "steady, at 2 the runs of A scatter twice as widely; an interval that holds 1 shows "
        "nothing. Paired: Pitman-Morgan on common seeds, corrected after Holm; Brown-Forsythe "
        "assumes neither pairs nor normal runs."
    )
    notes = [] if len(data.learners) > 1 else [ALONE]
    pairs = [pair for pair in data.pairs if len(pair.seeds) >= FEWEST]
    if not pairs and len(data.learners) > 1:
        notes.append(f"n/a: comparing two spreads needs {FEWEST} common seeds.")
    elif pairs:
        notes.append(
            "For 10 runs of unrelated learners the interval reaches from half of the ratio to "
            "twice it; common seeds narrow it."
        )
    figures = tuple(f"steadiness-{scenario}" for scenario in data.scenarios)
    tables = (_table(data, pairs),) if pairs else ()
    title = "Is one learner steadier?"
    return Section("steadiness", "Steadiness", title, how, figures, tables, tuple(notes))


def shown_spread(pair: Pair) -> bool:
    """Whether the two spreads are shown to differ."""
    return spreads_differ(pair.spread.ratio, pair.spread_adjusted)


def spreads_differ(ratio: Interval, adjusted: float | None) -> bool:
    """Whether Holm's p and the interval of a ratio agree that it is not 1, and it is not nearly."""
    if adjusted is None or ratio.value is None:
        return False
    return adjusted <= ALPHA and not ratio.contains(1.0) and abs(ratio.value - 1) >= LEAST


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
        Column("steadier", False),
    )
    rows = tuple(_row(data, pair) for pair in pairs)
    return Table("steadiness", "Ratio of standard deviations", columns, rows, big=True)


def _row(data: ReportData, pair: Pair) -> tuple[Cell, ...]:
    spread, shown = pair.spread, shown_spread(pair)
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
        Cell(steadier if shown else "not shown", mark="" if shown else "muted"),
    )
