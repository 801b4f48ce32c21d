"""Learning curves over seeds: validation error by epoch of the search for the number of epochs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coldbench.report.drawing.lines import MOST, Series, banded
from coldbench.report.drawing.style import Plot
from coldbench.report.study import ReportData
from coldbench.report.topic import Topic
from coldbench.statistics import LearningCurve, learning_curve
from coldbench.text import Section, display_name, number

__all__ = ["Curve", "Curves"]

PREFIX = "validation_"
STOPS = "Training stops on these curves, never on test ratings."
OTHERWISE = "Training stopped on {} in validation instead, never on test ratings."
HOW = (
    f"Validation error after each epoch, mean over seeds with its 95 % band. {STOPS} Where seeds "
    "stop at different epochs, the later part describes only those that went on; the steep start "
    "may be cut off."
)


@dataclass(frozen=True, eq=False)
class Curve:
    """One learner's `name` (`validation_mae`, `validation_W-W`, ...) over epochs 1, 2, ..."""

    learner: str
    name: str
    curve: LearningCurve


class Curves(Topic):
    """Validation error by epoch."""

    order = 130

    @cached_property
    def curves(self) -> tuple[Curve, ...]:
        """A learner of one epoch, or with an unusable curve, has none."""
        return _curves(self.data.epochs, self.data.learners)

    def section(self) -> Section:
        names = [
            self.data.names[one.learner]
            for one in self.curves
            if one.name == f"{PREFIX}mae" and one.curve.still_improving
        ]
        notes: tuple[str, ...] = ()
        if names:
            improving = ", ".join(names)
            notes = (
                f"Still improving when training stopped, so more epochs may help: {improving}.",
            )
        if not self.curves:
            notes = ("n/a: no learner of this study trains for more than one epoch.",)
        other = self.data.manifest.fixed.get("stop_by")
        how = HOW.replace(STOPS, OTHERWISE.format(display_name(other))) if other else HOW
        return Section("curves", "Curves", "Learning curves", how, notes=notes)

    def figures(self) -> list[Plot]:
        """The mean over scenarios, then each scenario."""
        shown = [curve for curve in self.curves if curve.learner in self.data.anchors]
        names = dict.fromkeys(curve.name for curve in shown)
        return [_plot(self.data, name, [c for c in shown if c.name == name]) for name in names]


def _curves(table: pd.DataFrame, learners: Sequence[str]) -> tuple[Curve, ...]:
    runs: dict[tuple[str, str], dict[str, dict[int, float]]] = {}
    columns = table[["name", "learner", "seed", "epoch", "value"]]
    for name, learner, seed, epoch, value in columns.itertuples(index=False, name=None):
        if name.startswith(PREFIX):
            run = runs.setdefault((name, learner), {}).setdefault(seed, {})
            run.setdefault(epoch, value)
    matrices = (
        (learner, name, _matrix(list(runs[name, learner].values())))
        for name in dict.fromkeys(name for name, _ in runs)
        for learner in learners
        if (name, learner) in runs
    )
    return tuple(
        Curve(learner, name, learning_curve(values))
        for learner, name, values in matrices
        if values is not None
    )


def _matrix(
    runs: Sequence[Mapping[int, float]],
) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]] | None":
    """Validation values [R, E], NaN after a run's end; a run stops at its first odd value."""
    epochs = sorted({epoch for run in runs for epoch in run})
    values = np.array([[run.get(epoch, np.nan) for epoch in epochs] for run in runs])
    values[np.logical_or.accumulate(~np.isfinite(values), axis=1)] = np.nan
    known = np.isfinite(values)
    values = values[known.any(axis=1)][:, known.any(axis=0)]
    return values if values.size and values.shape[1] > 1 else None


def _plot(data: ReportData, name: str, curves: Sequence[Curve]) -> Plot:
    series = [_series(data, one) for one in curves[:MOST]]
    what = name.removeprefix(PREFIX)
    what = "all scenarios" if what == "mae" else what
    lines = [_lowest(one) for one in series]
    alt = f"{what}: validation MAE by epoch, mean and 95 % band. {' '.join(lines)}"
    return Plot(f"curves-{what.replace(' ', '-')}", alt, partial(_draw, what, series))


def _series(data: ReportData, one: Curve) -> Series:
    epochs = tuple(range(1, len(one.curve.bands) + 1))
    place = data.learners.index(one.learner)
    return Series(data.names[one.learner], place, epochs, one.curve.bands)


def _lowest(series: Series) -> str:
    best = min(series.bands, key=lambda band: band.value or float("inf"))
    epoch = series.bands.index(best) + 1
    return f"{series.name}: lowest {number(best.value)} at epoch {epoch}."


def _draw(title: str, series: Sequence[Series], ax: Axes | None = None) -> Figure:
    return banded(title, series, ("epoch", "validation MAE"), _zoom(series), ax=ax)


def _zoom(series: Sequence[Series]) -> tuple[float, float]:
    """From the lowest value to three times the height of the learners' last epochs."""
    values = [b.value for one in series for b in one.bands if b.value is not None]
    late = [b.value for one in series for b in one.bands[len(one.bands) // 3 :] if b.value]
    short = max(len(one.bands) for one in series) < 6
    low, high = min(values), max(values if short else late)
    space = (high - low) or 0.01
    return low - 0.1 * space, min(max(values), high + 0.6 * space) + 0.05 * space
