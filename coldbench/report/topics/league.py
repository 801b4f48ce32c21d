"""The first screen: the league table, published rows beside it, and the verdicts."""

from coldbench.report.study import MAIN, ReportData
from coldbench.statistics import Interval
from coldbench.text import NA, Cell, Column, Section, Table, display_name, noted, number

__all__ = ["counts", "half_width", "lead", "league_table", "overview", "title"]

HOW = (
    "Mean absolute error over the seeds of each learner, lower is better, with its 95 % interval. "
    "Shaded: the best learner of a scenario and all that cannot be told from it with these seeds."
)

UNEQUAL = (
    "Runs are missing: a mean marked `6 of 10 seeds` is over fewer seeds than others and cannot be "
    "compared with them as it stands, since some seeds are harder than others. Whatever is said to "
    "be shown, and every mark, goes by the seeds that both of two learners finished."
)
ABLATED = (
    "Mean absolute error over the seeds of each configuration, lower is better, with its 95 % "
    "interval; in the order of the plan, none marked: the effects of each departure are below."
)


def overview(data: ReportData) -> Section:
    """The league table; the verdicts are set beside it by each format."""
    how = HOW if data.ablation is None else ABLATED
    notes = (UNEQUAL,) if any(s.partial for s in data.standings.values()) else ()
    tables = (league_table(data),)
    return Section("league", "League", "League table", how, tables=tables, notes=notes)


def title(data: ReportData) -> str:
    """`ml-1m · separate`."""
    return f"{display_name(data.dataset, 60)} · {display_name(data.protocol)}"


def lead(data: ReportData) -> str:
    """`3 learners, 10 seeds, 4 scenarios. ...`"""
    counts = ((data.learners, "learner"), (data.seeds, "seed"), (data.scenarios, "scenario"))
    told = [f"{len(some)} {word}{'' if len(some) == 1 else 's'}" for some, word in counts]
    bases = data.ablation.bases if data.ablation else ()
    ablated = f"An ablation from {display_name(', '.join(bases), 200)}. " if bases else ""
    return f"{ablated}{', '.join(told)}. Mean absolute error in rating points, lower is better."


def league_table(data: ReportData) -> Table:
    """Learners, best mean first, then the oracle and the published rows."""
    columns = (
        Column("learner", False),
        *(Column(scenario) for scenario in data.scenarios),
        Column("runs"),
    )
    rows = [_row(data, learner) for learner in data.learners]
    return Table("main", "MAE by scenario", columns, (*rows, *_oracle(data), *_published(data)))


def _row(data: ReportData, learner: str) -> tuple[Cell, ...]:
    cells = [_cell(data, learner, scenario) for scenario in data.scenarios]
    return (Cell(data.names[learner]), *cells, _runs(data, learner))


def _cell(data: ReportData, learner: str, scenario: str) -> Cell:
    found = data.standing(learner, scenario)
    if found is None:
        return Cell(NA, mark="muted")
    mark = found.group if found.group in ("best", "tied") else ""
    cell = Cell(number(found.mean.value), half_width(found.mean), mark)
    return noted(cell, found.partial)


def half_width(value: Interval) -> str:
    """`± 0.0031` of the 95 % interval."""
    return "one seed" if value.width is None else f"± {number(value.width / 2)}"


def _runs(data: ReportData, learner: str) -> Cell:
    finished, planned = counts(data, learner)
    text = str(finished) if finished == planned else f"{finished} of {planned}"
    return Cell(text, mark="" if finished == planned else "bad")


def counts(data: ReportData, learner: str) -> tuple[int, int]:
    """How many runs of a learner finished, and how many were planned."""
    mine = data.runs[data.runs["learner"] == learner]
    finished = mine.loc[mine["status"] == "finished", "job"].nunique()
    holes = int((data.missing["learner"] == learner).sum())
    return finished, mine["job"].nunique() + holes


def _oracle(data: ReportData) -> list[tuple[Cell, ...]]:
    if not data.oracle:
        return []
    cells = []
    for scenario in data.scenarios:
        best = data.oracle.get(scenario)
        text, note = (NA, "") if best is None else (number(best.value), half_width(best))
        cells.append(Cell(text, note, "reference"))
    name = Cell("oracle", "the best possible predictions", "reference")
    return [(name, *cells, Cell("", mark="reference"))]


def _published(data: ReportData) -> list[tuple[Cell, ...]]:
    rows = []
    for row, _ in data.published:
        if row.metric == MAIN:
            cells = [Cell(number(row.values.get(s)), mark="reference") for s in data.scenarios]
            name = Cell(display_name(row.label), "published, one run", "reference")
            rows.append((name, *cells, Cell("", mark="reference")))
    return rows
