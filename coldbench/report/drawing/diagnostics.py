"""What learners say of themselves over epochs: each seed faint, the mean over seeds in front."""

from collections.abc import Mapping
from functools import partial

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from coldbench.report.diagnosis import Panel, panels
from coldbench.report.drawing.style import COLOURS, LINES, MARKERS, Plot, axes, label_ends, short
from coldbench.report.study import ReportData

__all__ = ["diagnostics"]


def diagnostics(data: ReportData) -> list[Plot]:
    """One figure for each of `panels`."""
    members = data.ablation.members if data.ablation else {}
    return [_plot(data, panel) for panel in panels(data.diagnostics, members)]


def _plot(data: ReportData, panel: Panel) -> Plot:
    told = [
        f"{data.names[one.learner]}: {one.means[0]:.4g} to {one.means[-1]:.4g}."
        for one in panel.shown
    ]
    names = {one.learner: data.names[one.learner] for one in panel.shown}
    alt = f"{panel.name} by epoch, mean from the first to the last epoch. {' '.join(told)}"
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
