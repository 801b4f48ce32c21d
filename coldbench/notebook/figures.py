"""Figures of the report on matplotlib axes: new ones, which a notebook shows, or those given."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coldbench.errors import UsageError, unknown
from coldbench.report.drawing.draw import house_style
from coldbench.report.drawing.style import PAPER, Plot
from coldbench.report.study import ReportData
from coldbench.report.topics.cost import CostTopic
from coldbench.report.topics.curves import Curves
from coldbench.report.topics.differences import Differences
from coldbench.report.topics.intervals import Intervals
from coldbench.report.topics.shots import ShotsTopic
from coldbench.report.topics.wins import Wins

__all__ = ["Figures"]

ACROSS = 2  # figures side by side


class Figures:
    """Each method draws one figure on `ax` and returns its axes.

    Those that are of a scenario draw all scenarios side by side when none is named, and then
    return an array of axes.
    """

    def __init__(self, data: ReportData) -> None:
        self._data = data

    def intervals(self, scenario: str | None = None, ax: Axes | None = None) -> Any:
        """Every run as a point, means with 95 % intervals."""
        return self._draw("intervals", self._data.of(Intervals).figures(), scenario, ax)

    def differences(self, scenario: str | None = None, ax: Axes | None = None) -> Any:
        """Differences to the lowest mean, seed by seed."""
        return self._draw("differences", self._data.of(Differences).figures(), scenario, ax)

    def curves(self, scenario: str | None = "all-scenarios", ax: Axes | None = None) -> Any:
        """Validation error by epoch, the mean over scenarios unless one is named."""
        return self._draw("curves", self._data.of(Curves).figures(), scenario, ax)

    def shots(self, scenario: str | None = None, ax: Axes | None = None) -> Any:
        """Error by the number of support ratings, of a study that ran with `shots`."""
        return self._draw("shots", self._data.of(ShotsTopic).figures(), scenario, ax)

    def cost(self, kind: str = "seconds", ax: Axes | None = None) -> Axes:
        """Error against what a run costs: seconds, megabytes or parameters."""
        axes: Axes = self._draw("cost", self._data.of(CostTopic).figures(), kind, ax)
        return axes

    def wins(self, ax: Axes | None = None) -> Axes:
        """At how many seeds each learner had the lowest error."""
        plots = self._data.of(Wins).figures()
        if not plots:
            raise _nothing("wins")
        return _on(plots[0], ax)

    def _draw(self, name: str, plots: Sequence[Plot], which: str | None, ax: Axes | None) -> Any:
        """The plots `name-which`; all of them where `which` is None."""
        found = {plot.key.removeprefix(f"{name}-"): plot for plot in plots}
        if not found:
            raise _nothing(name)
        if which is not None or len(found) == 1:
            which = which or next(iter(found))
            if which not in found:
                raise unknown("kind of cost" if name == "cost" else "scenario", which, found)
            return _on(found[which], ax)
        if ax is not None:
            raise UsageError(f"{name} on one axes: name one of {', '.join(found)}")
        return _side_by_side(list(found.values()))


def _nothing(name: str) -> UsageError:
    return UsageError(f"this study has nothing to draw as {name}")


def _on(plot: Plot, ax: Axes | None) -> Axes:
    figure = _figure(*_size(plot)) if ax is None else None
    with house_style():
        drawn = ax if figure is None else figure.add_subplot()
        assert drawn is not None
        plot.draw(ax=drawn)
    return drawn


def _side_by_side(plots: Sequence[Plot]) -> "np.ndarray[Any, np.dtype[np.object_]]":
    sizes = np.array([_size(plot) for plot in plots])
    down = -(-len(plots) // ACROSS)
    figure = _figure(ACROSS * sizes[:, 0].max(), down * sizes[:, 1].max())
    with house_style():
        axes = [figure.add_subplot(down, ACROSS, place + 1) for place in range(len(plots))]
        for plot, ax in zip(plots, axes, strict=True):
            plot.draw(ax=ax)
    return np.array(axes)


def _figure(width: float, height: float) -> Figure:
    """One that pyplot knows, so that a notebook shows it. Made outside the house's style: with the
    first of them a notebook's backend sets options, which the style's end would take back."""
    return pyplot.figure(figsize=(width, height), layout="constrained", facecolor=PAPER)


def _size(plot: Plot) -> tuple[float, float]:
    """Of the figure that the report has, in inches."""
    width, height = plot.draw().get_size_inches()
    return float(width), float(height)
