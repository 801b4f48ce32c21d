"""Diagnostics: what learners say of themselves over the epochs, and what they predict."""

from coldbench.report.diagnosis import panels
from coldbench.report.study import ReportData
from coldbench.text import Cell, Column, Section, Table, display_name, number, percent

__all__ = ["diagnostics"]

HOW = (
    "Figures that learners give after each epoch of the search for the number of epochs; what one "
    "means is told by its learner. Thick: the mean over seeds, faint: each seed; learners without "
    "the figure are left out. `prediction_entropy` is of the validation predictions rounded to the "
    "rating levels: 0 when all have one level, 1 when all levels are equally frequent. "
    "`prediction_sd` is their standard deviation in rating points."
)
RULE = (
    "A run predicts a constant when at least 99 % of its test predictions are equal to three "
    "decimals, or their standard deviation is below 1 % of the rating scale's range. Learners that "
    "neither train for several epochs nor have trained numbers are constant by design and not "
    "flagged."
)
UNKNOWN = "n/a: {} of {} finished runs were made before predictions were looked at in this way."


def diagnostics(data: ReportData) -> Section:
    """Figures over epochs, and the spread of the test predictions."""
    notes = [RULE]
    finished = data.runs.loc[data.runs["status"] == "finished", "job"].nunique()
    unknown = finished - len(data.concentration)
    if unknown:
        notes.append(UNKNOWN.format(unknown, finished))
    if not data.diagnostics:
        notes.append("n/a: no learner of this study gives figures over epochs.")
    shown = panels(data.diagnostics, data.ablation.members if data.ablation else {})
    tables = tuple(table for table in (_predictions(data), _figures(data)) if table.rows)
    figures = tuple(panel.key for panel in shown)
    return Section("diagnostics", "Diagnostics", "Diagnostics", HOW, figures, tables, tuple(notes))


def _predictions(data: ReportData) -> Table:
    columns = (
        Column("learner", False),
        Column("runs"),
        Column("entropy, mean over seeds"),
        Column("lowest"),
        Column("sd, mean over seeds"),
        Column("lowest"),
        Column("most frequent prediction, mean share"),
        Column("largest"),
        Column("runs with a constant"),
    )
    rows = []
    for name in data.learners:
        mine = data.concentration[data.concentration["learner"] == name]
        if len(mine):
            count = data.constant(name)
            rows.append(
                (
                    Cell(data.names[name]),
                    Cell(str(len(mine))),
                    Cell(number(mine["entropy"].mean(), 3)),
                    Cell(number(mine["entropy"].min(), 3)),
                    Cell(number(mine["sd"].mean(), 3)),
                    Cell(number(mine["sd"].min(), 3)),
                    Cell(percent(mine["top_share"].mean(), 1)),
                    Cell(percent(mine["top_share"].max(), 1)),
                    Cell(str(count), mark="bad" if count else ""),
                )
            )
    title = "Do the test predictions differ from each other?"
    return Table("concentration", title, columns, tuple(rows), big=len(rows) > 16)


def _figures(data: ReportData) -> Table:
    columns = (
        Column("figure", False),
        Column("learner", False),
        Column("seeds"),
        Column("epochs"),
        Column("first epoch, mean over seeds"),
        Column("last epoch of each seed, mean"),
        Column("lowest"),
        Column("highest"),
    )
    rows = []
    for found in data.diagnostics:
        ends = [run[-1] for run in found.runs.values()]
        rows.append(
            (
                Cell(display_name(found.name)),
                Cell(data.names[found.learner]),
                Cell(str(len(found.runs))),
                Cell(str(max(map(len, found.runs.values())))),
                *(
                    Cell(f"{value:.4g}".replace("-", "−"), sort=value)
                    for value in (found.means[0], sum(ends) / len(ends), min(ends), max(ends))
                ),
            )
        )
    return Table("diagnostics", "Figures over epochs", columns, tuple(rows), big=True)
