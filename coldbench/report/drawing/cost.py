"""Cost against error: seconds, memory and parameters of one run."""

from collections.abc import Sequence
from functools import partial

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from coldbench.report.drawing.labels import beside
from coldbench.report.drawing.style import COLOURS, INK, MANY, MARKERS, Plot, axes, short
from coldbench.report.study import ReportData
from coldbench.report.topics.cost import Cost, costs_of
from coldbench.text import number

__all__ = ["cost"]

AXES = {
    "seconds": "seconds a run",
    "megabytes": "peak memory, MB",
    "parameters": "trained numbers",
}
LOGARITHMIC = ("seconds", "parameters")


def cost(data: ReportData) -> list[Plot]:
    """One figure for each kind of cost."""
    found = [c for c in costs_of(data) if c.mae is not None and c.learner in data.anchors]
    return [_plot(found, kind, label) for kind, label in AXES.items() if found]


def _plot(found: Sequence[Cost], kind: str, label: str) -> Plot:
    points = [(place, one) for place, one in enumerate(found) if getattr(one, kind)]
    told = [
        f"{one.name}: {getattr(one, kind):,.0f}, MAE {number(one.mae)}{_over(one)}."
        for _, one in points
    ]
    alt = f"Mean MAE over scenarios against {label}. {' '.join(told)}"
    return Plot(f"cost-{kind}", alt, partial(_draw, points, kind, label))


def _over(one: Cost) -> str:
    return f", {one.seeds}" if one.seeds else ""


def _draw(points: Sequence[tuple[int, Cost]], kind: str, label: str) -> Figure:
    figure, ax = axes(*((4.5, 3.2) if len(points) <= MANY else (6.5, 5.0)))
    if kind in LOGARITHMIC:
        ax.set_xscale("log")
        ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=7))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        ax.xaxis.set_minor_formatter(NullFormatter())
    ax.grid(True)
    places = []
    for place, one in points:
        x, y = float(getattr(one, kind)), float(one.mae or 0.0)
        colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
        ax.plot([x], [y], marker, color=colour, ms=7, mec="none")
        places.append((x, y, f"{short(one.name)}{_over(one)}"))
    ax.margins(x=0.16, y=0.1)
    ax.set_xlabel(label)
    ax.set_ylabel("MAE, mean over scenarios")
    beside(ax, places, INK)
    return figure
