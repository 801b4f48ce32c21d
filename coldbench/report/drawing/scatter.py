"""Points with a name beside each: what something costs against what it earns."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.transforms import IdentityTransform

from coldbench.report.drawing.labels import beside
from coldbench.report.drawing.style import COLOURS, MANY, MARKERS, axes, log_axis

__all__ = ["Point", "scatter"]

SIZE = 7  # points: of a mark


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
    _marks(ax, points)
    ax.margins(x=0.16, y=0.1)
    ax.set_xlabel(labels[0])
    ax.set_ylabel(labels[1])
    beside(ax, [(one.x, one.y, one.name) for one in points])
    return figure


def _marks(ax: Axes, points: Sequence[Point]) -> None:
    kinds = [MarkerStyle(MARKERS[one.place % len(MARKERS)]) for one in points]
    marks = PathCollection(
        [kind.get_path().transformed(kind.get_transform()) for kind in kinds],
        sizes=[SIZE**2],
        offsets=[(one.x, one.y) for one in points],
        offset_transform=ax.transData,
        facecolors=[COLOURS[one.place % len(COLOURS)] for one in points],
        linewidths=0,
        transform=IdentityTransform(),
        zorder=2,
    )
    ax.add_collection(marks)
