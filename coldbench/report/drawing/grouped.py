"""Forest plots with several groups in each row, such as bases in the row of a factor."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coldbench.report.drawing.style import COLOURS, INK, MARKERS, PAPER, axes, log_axis, short
from coldbench.statistics import Interval

__all__ = ["Mark", "grouped"]


@dataclass(frozen=True, slots=True)
class Mark:
    """An interval in a row; shown: filled, else hollow."""

    row: str
    group: str
    value: Interval
    shown: bool


def grouped(
    title: str, label: str, marks: Sequence[Mark], groups: Sequence[str], nothing: float, log: bool
) -> Figure:
    """Rows in the order of their first mark, groups side by side with a legend; nothing: the value
    of no effect."""
    rows = list(dict.fromkeys(mark.row for mark in marks))
    figure, ax = axes(4.5, 1.1 + (0.16 + 0.17 * len(groups)) * len(rows), title, legend=True)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_yticks(range(len(rows)), [short(row) for row in rows])
    ax.xaxis.grid(True)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(label)
    if log:
        log_axis(ax, "{:g}")
    else:
        ax.locator_params(axis="x", nbins=5)
    ax.axvline(nothing, color=INK, lw=0.9, zorder=1.5)
    step = 0.5 / max(len(groups), 1)
    for place, group in enumerate(groups):
        colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
        ax.plot([], [], marker, ms=5, color=colour, label=group)
        for mark in (mark for mark in marks if mark.group == group):
            y = rows.index(mark.row) + step * (place - (len(groups) - 1) / 2)
            _mark(ax, mark, y, colour, marker)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure


def _mark(ax: Axes, mark: Mark, y: float, colour: str, marker: str) -> None:
    value = mark.value
    if value.low is not None and value.high is not None:
        ax.plot([value.low, value.high], [y, y], color=colour, lw=2, zorder=3)
    face = colour if mark.shown else PAPER
    ax.plot([value.value or 0.0], [y], marker, ms=5, mfc=face, mec=colour, mew=1.3, zorder=4)
