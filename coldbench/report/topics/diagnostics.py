"""Diagnostics: what learners say of themselves over the epochs, and what they predict."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from coldbench.report.drawing.labels import label_ends
from coldbench.report.drawing.lines import MOST
from coldbench.report.drawing.style import COLOURS, LINES, MARKERS, Plot, axes, short
from coldbench.report.study import ReportData
from coldbench.report.topic import Topic
from coldbench.study import results
from coldbench.text import Cell, Column, Section, Table, display_name, number, percent

__all__ = ["Diagnostic", "Diagnostics", "Panel", "panels"]

KNOWN = ("validation_", "seconds")  # of other topics
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
    "neither train for several epochs nor have parameters are constant by design and not "
    "flagged."
)
UNKNOWN = "n/a: {} of {} finished runs were made before predictions were looked at in this way."


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A figure that a learner emits: runs[seed] are its values at epochs 1, 2, ..."""

    learner: str
    name: str
    runs: dict[str, tuple[float, ...]]

    @property
    def means(self) -> tuple[float, ...]:
        """Over the seeds that trained so long, at each epoch."""
        longest = max(map(len, self.runs.values()))
        columns = [[run[e] for run in self.runs.values() if len(run) > e] for e in range(longest)]
        return tuple(sum(column) / len(column) for column in columns)


@dataclass(frozen=True, slots=True)
class Panel:
    """A figure of the report: one diagnostic of several learners."""

    key: str
    name: str
    shown: tuple[Diagnostic, ...]


class Diagnostics(Topic):
    """Figures over epochs, and the spread of the test predictions."""

    order = 140

    @cached_property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """By figure, then in the order of the learners."""
        return _diagnostics(self.data.epochs, self.data.learners)

    @cached_property
    def concentration(self) -> pd.DataFrame:
        """The table of `results.concentrations`."""
        return results.concentrations(self.data.records)

    def section(self) -> Section:
        notes, finished = [RULE], self.data.finished
        if unknown := finished - len(self.concentration):
            notes.append(UNKNOWN.format(unknown, finished))
        if not self.diagnostics:
            notes.append("n/a: no learner of this study gives figures over epochs.")
        tables = (
            _predictions(self.data, self.concentration), _figures(self.data, self.diagnostics)
        )  # fmt: skip
        shown = tuple(table for table in tables if table.rows)
        return Section("diagnostics", "Diagnostics", "Diagnostics", HOW, (), shown, tuple(notes))

    def figures(self) -> list[Plot]:
        """One for each of `panels`."""
        members = self.data.ablation.members if self.data.ablation else {}
        return [_plot(self.data, panel) for panel in panels(self.diagnostics, members)]

    def files(self) -> "dict[str, pd.DataFrame | list[dict[str, object]]]":
        files: dict[str, pd.DataFrame | list[dict[str, object]]] = {
            "diagnostics.csv": [row for one in self.diagnostics for row in _rows(one)]
        }
        if len(self.concentration):
            files["concentration.csv"] = self.concentration.assign(constant=self._flags())
        return files

    def _flags(self) -> list[int]:
        """1 for each run that predicts a constant."""
        constant = {(run.job.learner, run.job.seeds.label) for run in self.data.collapsed}
        runs = zip(self.concentration["learner"], self.concentration["seed"], strict=True)
        return [int(run in constant) for run in runs]


def panels(diagnostics: Sequence[Diagnostic], members: Mapping[str, Sequence[str]]) -> list[Panel]:
    """One for each figure; of an ablation, one for each figure and base, with its departures."""
    made: dict[str, Panel] = {}
    for name in dict.fromkeys(one.name for one in diagnostics):
        mine = {one.learner: one for one in diagnostics if one.name == name}
        inside = {learner for group in members.values() for learner in group}
        rest = [learner for learner in mine if learner not in inside]
        for group in (*members.values(), rest):
            shown = tuple(mine[learner] for learner in group if learner in mine)[:MOST]
            if shown:
                slug = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
                key = f"diagnostics-{slug}-{len(made) + 1}"
                made[key] = Panel(key, name, shown)
    return list(made.values())


def _diagnostics(table: pd.DataFrame, learners: Sequence[str]) -> tuple[Diagnostic, ...]:
    runs: dict[tuple[str, str], dict[str, list[tuple[int, float]]]] = {}
    columns = table[["name", "learner", "seed", "epoch", "value"]]
    for name, learner, seed, epoch, value in columns.itertuples(index=False, name=None):
        if not name.startswith(KNOWN):
            run = runs.setdefault((name, learner), {}).setdefault(seed, [])
            run.append((epoch, value))
    names = dict.fromkeys(name for name, _ in runs)
    return tuple(
        Diagnostic(learner, name, _by_epoch(runs[name, learner]))
        for name in names
        for learner in learners
        if (name, learner) in runs
    )


def _by_epoch(runs: Mapping[str, list[tuple[int, float]]]) -> dict[str, tuple[float, ...]]:
    return {
        seed: tuple(value for _, value in sorted(run, key=lambda entry: entry[0]))
        for seed, run in runs.items()
    }


def _predictions(data: ReportData, concentration: pd.DataFrame) -> Table:
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
        mine = concentration[concentration["learner"] == name]
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


def _figures(data: ReportData, diagnostics: Sequence[Diagnostic]) -> Table:
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
    for one in diagnostics:
        ends = [run[-1] for run in one.runs.values()]
        rows.append(
            (
                Cell(display_name(one.name)),
                Cell(data.names[one.learner]),
                Cell(str(len(one.runs))),
                Cell(str(max(map(len, one.runs.values())))),
                *(
                    Cell(f"{value:.4g}".replace("-", "−"), sort=value)
                    for value in (one.means[0], sum(ends) / len(ends), min(ends), max(ends))
                ),
            )
        )
    return Table("diagnostics", "Figures over epochs", columns, tuple(rows), big=True)


def _rows(one: Diagnostic) -> list[dict[str, object]]:
    return [
        {"learner": one.learner, "seed": seed, "epoch": epoch, "name": one.name, "value": value}
        for seed, run in one.runs.items()
        for epoch, value in enumerate(run)
    ]


def _plot(data: ReportData, panel: Panel) -> Plot:
    ends = [
        f"{data.names[one.learner]}: {one.means[0]:.4g} to {one.means[-1]:.4g}."
        for one in panel.shown
    ]
    names = {one.learner: data.names[one.learner] for one in panel.shown}
    alt = f"{panel.name} by epoch, mean from the first to the last epoch. {' '.join(ends)}"
    return Plot(panel.key, alt, partial(_draw, panel, names))


def _draw(panel: Panel, names: Mapping[str, str]) -> Figure:
    figure, ax = axes(4.5, 2.9, short(panel.name))
    ax.yaxis.grid(True)
    ax.margins(x=0.02)
    ax.ticklabel_format(axis="y", useOffset=False)  # .9999 is to be read as that
    ends = []
    for place, one in enumerate(panel.shown):
        colour, line = COLOURS[place % len(COLOURS)], LINES[place // len(COLOURS) % len(LINES)]
        runs = [list(enumerate(run, 1)) for run in one.runs.values()]
        ax.add_collection(LineCollection(runs, colors=colour, ls=line, lw=0.6, alpha=0.3))
        means = one.means
        marker = MARKERS[place % len(MARKERS)]
        x = range(1, len(means) + 1)
        ax.plot(x, means, line, color=colour, lw=1.5, marker=marker, ms=3.6, mec="none")
        ends.append((means[-1], names[one.learner], colour, len(means)))
    longest = max(epochs for *_, epochs in ends)
    for value, _, colour, epochs in ends:
        if epochs < longest:
            ax.plot([epochs, longest], [value, value], ":", color=colour, lw=0.6)
    ax.set_xlabel("epoch")
    ax.xaxis.get_major_locator().set_params(integer=True)  # type: ignore[call-arg]
    label_ends(ax, longest, [(value, name, colour) for value, name, colour, _ in ends])
    return figure
