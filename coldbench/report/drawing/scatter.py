"""Points with a name beside each: what something costs against what it earns."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coldbench.report.drawing.labels import beside
from coldbench.report.drawing.style import COLOURS, INK, MANY, MARKERS, axes, log_axis

__all__ = ["Point", "scatter"]


@dataclass(frozen=True, slots=True)
class Point:
    """place: of the learner, which fixes colour and marker in every figure."""

    name: str
    place: int
    x: float
    y: float


def scatter(
    points: Sequence[Point], labels: tuple[str, str], log: bool, ax: Axes | None = None
) -> Figure:
    """labels: of the axes; log: of x."""
    figure, ax = axes(*((4.5, 3.2) if len(points) <= MANY else (6.5, 5.0)), ax=ax)
    if log:
        log_axis(ax, "{:,g}")
    ax.grid(True)
    for one in points:
        colour, marker = COLOURS[one.place % len(COLOURS)], MARKERS[one.place % len(MARKERS)]
        ax.plot([one.x], [one.y], marker, color=colour, ms=7, mec="none")
    ax.margins(x=0.16, y=0.1)
    ax.set_xlabel(labels[0])
    ax.set_ylabel(labels[1])
    beside(ax, [(one.x, one.y, one.name) for one in points], INK)
    return figure
