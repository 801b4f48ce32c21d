"""Lines with bands over seeds, one for each learner."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coldbench.report.drawing.labels import label_ends
from coldbench.report.drawing.style import COLOURS, LINES, MARKERS, axes
from coldbench.statistics import Interval

__all__ = ["MOST", "Series", "banded"]

MOST = 12  # lines in one figure; the learners with the lowest error are kept


@dataclass(frozen=True, slots=True)
class Series:
    """place: of the learner, which fixes colour and marker in every figure."""

    name: str
    place: int
    x: tuple[float, ...]
    bands: tuple[Interval, ...]


def banded(
    title: str,
    series: Sequence[Series],
    labels: tuple[str, str],
    limits: tuple[float, float] | None = None,
    ticks: Sequence[str] = (),
    ax: Axes | None = None,
) -> Figure:
    """labels: of the axes; limits: of y; ticks: names of x = 0, 1, ..., which else is an epoch."""
    figure, ax = axes(4.5, 2.9, title, ax)
    _lines(ax, series)
    if limits is not None:
        ax.set_ylim(limits)
    if ticks:
        ax.set_xticks(range(len(ticks)), ticks)
    ax.set_xlabel(labels[0])
    ax.set_ylabel(labels[1])
    if not ticks:
        ax.xaxis.get_major_locator().set_params(integer=True)  # type: ignore[call-arg]
    _ends(ax, series)
    return figure


def _lines(ax: Axes, series: Sequence[Series]) -> None:
    ax.yaxis.grid(True)
    ax.margins(x=0.02)
    for one in series:
        colour = COLOURS[one.place % len(COLOURS)]
        line = LINES[one.place // len(COLOURS) % len(LINES)]
        marker = MARKERS[one.place % len(MARKERS)]
        x = list(one.x)
        y: list[Any] = [b.value for b in one.bands]  # matplotlib takes None as a gap
        low: list[Any] = [b.value if b.low is None else b.low for b in one.bands]
        high: list[Any] = [b.value if b.high is None else b.high for b in one.bands]
        ax.fill_between(x, low, high, color=colour, alpha=0.13, lw=0)
        ax.plot(x, y, line, color=colour, lw=1.4, marker=marker, ms=3.6, mec="none")


def _ends(ax: Axes, series: Sequence[Series]) -> None:
    longest = max(one.x[-1] for one in series)
    for one in series:
        end = one.bands[-1].value
        if one.x[-1] < longest and end is not None:
            colour = COLOURS[one.place % len(COLOURS)]
            ax.plot([one.x[-1], longest], [end, end], ":", color=colour, lw=0.6)
    ends = [
        (one.bands[-1].value or 0.0, one.name, COLOURS[one.place % len(COLOURS)]) for one in series
    ]
    label_ends(ax, longest, ends)
