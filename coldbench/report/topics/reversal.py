"""How often single runs of two learners name the wrong winner."""

from coldbench.report.drawing.matrix import matrix
from coldbench.report.drawing.style import COLOURS, MANY, Plot
from coldbench.report.pairs import Pair, pair_of
from coldbench.report.study import ReportData
from coldbench.report.topic import ALONE, Topic
from coldbench.text import NA, Cell, Column, Section, Table, percent, percent_cell

__all__ = ["ReversalTopic"]

HOW = (
    "If two papers each publish one run, of seeds and splits of their own, how often does the "
    "learner with the higher mean look better? 50 is a coin toss, 0 means that one run is enough, "
    "and above 50 single runs contradict the means, as where a few runs collapse. Observed over "
    "all pairs of runs, with Brunner and Munzel's 95 % limits. Beside it what a model of normal "
    "runs says, which cannot say more than 50."
)


class ReversalTopic(Topic):
    """The headline: the wrong winner."""

    order = 60

    def section(self) -> Section:
        data = self.data
        notes = () if len(data.asked) > 1 else (ALONE,)
        if len(data.seeds) == 1:
            notes = (*notes, "n/a: one seed says nothing about other seeds.")
        pairs = [pair for pair in data.pairs if len(pair.seeds) > 1]
        tables = (_table(data, pairs),) if pairs else ()
        title = "One run: the wrong winner"
        return Section("reversal", "Wrong winner", title, HOW, (), tables, notes)

    def figures(self) -> list[Plot]:
        """For each scenario, a cell for each pair."""
        data = self.data
        if len(data.asked) < 2 or data.ablation is not None:
            return []
        plots = (_plot(data, scenario) for scenario in data.scenarios)
        return [plot for plot in plots if plot is not None]


def _plot(data: ReportData, scenario: str) -> Plot | None:
    learners = [standing.learner for standing in data.ranked(scenario)]
    few = len(learners) <= MANY
    cells: dict[tuple[int, int], tuple[str, float]] = {}
    lines = []
    for row, a in enumerate(learners):
        for column, b in enumerate(learners[:row]):
            pair, _ = pair_of(data.pairs, scenario, a, b)
            chance = pair.reversal.observed.value if pair and len(pair.seeds) > 1 else None
            if chance is not None:
                text = ("<1" if few else "") if chance < 0.01 else f"{100 * chance:.0f}"
                cells[row - 1, column] = (text, min(2 * chance, 1.0))
                lines.append(f"{data.names[b]} and {data.names[a]}: {text or '<1'} %.")
    if not cells:
        return None
    alt = f"{scenario}: how often one run of each names the wrong winner. {' '.join(lines)}"
    names = [data.names[name] for name in learners]
    title = f"{scenario}: wrong winner, %{'' if few else ' (empty: <1)'}"
    return matrix(f"reversal-{scenario}", title, alt, names[1:], names[:-1], cells, COLOURS[1])


def _table(data: ReportData, pairs: list[Pair]) -> Table:
    columns = (
        Column("scenario", False),
        Column("A", False),
        Column("B", False),
        Column("two papers, own splits"),
        Column("the same, normal model"),
        Column("one paper, shared split"),
        Column("the same, normal model"),
        Column("runs of each for < 5 %"),
    )
    rows = tuple(_row(data, pair) for pair in pairs)
    return Table("reversals", "Chance of naming the wrong winner", columns, rows, big=True)


def _row(data: ReportData, pair: Pair) -> tuple[Cell, ...]:
    needed = pair.reversal.runs_needed
    return (
        Cell(pair.scenario),
        Cell(data.names[pair.a]),
        Cell(data.names[pair.b]),
        percent_cell(pair.reversal.observed),
        percent_cell(pair.reversal.model),
        Cell(percent(pair.reversal_shared.paired)),
        percent_cell(pair.reversal_shared.model),
        Cell(NA if needed is None else f"{needed:,}"),
    )
