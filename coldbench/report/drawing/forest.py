"""Rows of intervals with every run's point: means by learner, and differences to the best."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coldbench.report.drawing.style import COLOURS, INK, MANY, MUTED, PAPER, Plot, axes, short
from coldbench.report.pairs import pair_of
from coldbench.report.standings import of_seeds
from coldbench.report.study import MAIN, ReportData
from coldbench.report.topics.users import disagreements
from coldbench.statistics import Interval
from coldbench.text import number, range_of

__all__ = ["differences", "disagreement", "intervals", "steadiness"]

WIDTH = 4.5  # inches
STEP = 9  # points between lines of small text


@dataclass(frozen=True, slots=True)
class Row:
    """kind: group of its standing, or ``; seeds: how many, where others have more."""

    label: str
    points: tuple[float, ...]
    mean: Interval
    kind: str
    seeds: str = ""

    @property
    def told(self) -> str:
        """Its label, short enough for an axis."""
        return f"{short(self.label)}, {self.seeds}" if self.seeds else short(self.label)


@dataclass(frozen=True, slots=True)
class Line:
    """A value of somebody else, drawn across all rows."""

    label: str
    value: float


def intervals(data: ReportData) -> list[Plot]:
    """For each scenario: means with intervals, every seed's point, published values, oracle."""
    return [_interval_plot(data, scenario) for scenario in data.scenarios]


def _interval_plot(data: ReportData, scenario: str) -> Plot:
    rows = [
        Row(data.names[s.learner], tuple(s.values.values()), s.mean, s.group, s.partial)
        for name in data.learners
        if (s := data.standing(name, scenario))
    ]
    lines = [
        Line(row.label, row.values[scenario])
        for row, _ in data.published
        if row.metric == MAIN and scenario in row.values
    ]
    best = data.oracle.get(scenario)
    if best is not None and best.value is not None:
        lines.append(Line("oracle", best.value))
    alt = f"{scenario}: mean MAE with 95 % interval. {_told(rows)}"
    alt += "".join(f" {line.label}: {number(line.value)}." for line in lines)
    label = "MAE (lower is better)"
    return Plot(f"intervals-{scenario}", alt, partial(_forest, scenario, rows, lines, label))


def differences(data: ReportData) -> list[Plot]:
    """For each scenario: paired differences of every learner to the best one."""
    plots = [_difference_plot(data, scenario) for scenario in data.scenarios]
    return [plot for plot in plots if plot is not None]


def _difference_plot(data: ReportData, scenario: str) -> Plot | None:
    here = [s for name in data.learners if (s := data.standing(name, scenario))]
    best = next((s.learner for s in here if s.group == "best"), None)
    if best is None:
        return None
    rows = []
    for standing in (s for s in here if s.learner != best):
        pair, sign = pair_of(data.pairs, scenario, standing.learner, best)
        if pair is not None:
            points = tuple(sign * d for d in pair.differences)
            mean = pair.difference.difference if sign > 0 else -pair.difference.difference
            seeds = of_seeds(len(points), standing.tested)
            rows.append(Row(data.names[standing.learner], points, mean, standing.group, seeds))
    title = f"{scenario}: difference to {short(best)}"
    alt = f"{scenario}: MAE minus that of {data.names[best]}, same seeds. {_told(rows)}"
    label = "MAE minus that of the best (right: worse)"
    return Plot(
        f"differences-{scenario}", alt, partial(_forest, title, rows, [Line("", 0.0)], label, True)
    )


def steadiness(data: ReportData) -> list[Plot]:
    """For each scenario: the standard deviation of every learner with its interval."""
    plots = []
    for scenario in data.scenarios:
        found = {
            name: s.spread.sd
            for name in data.learners
            if (s := data.standing(name, scenario)) and s.spread.sd.value is not None
        }
        if found:
            told = "standard deviation of the MAE over seeds"
            plots.append(_bars(data, f"steadiness-{scenario}", scenario, found, told))
    return plots


def disagreement(data: ReportData) -> list[Plot]:
    """For each scenario: how far two seeds of a learner are apart on the same rating."""
    digest, _ = data.digest
    known = disagreements(digest) if digest is not None else {}
    plots = []
    for scenario in data.scenarios:
        found = {
            name: one.difference
            for name in data.learners
            if (one := known.get((name, scenario))) and one.difference.value is not None
        }
        if found:
            told = "distance of two seeds' predictions, rating points"
            plots.append(_bars(data, f"disagreement-{scenario}", scenario, found, told))
    return plots


def _bars(
    data: ReportData, key: str, scenario: str, found: Mapping[str, Interval], told: str
) -> Plot:
    rows = [
        Row(data.names[name], (), value, "", data.partial(name, scenario))
        for name, value in found.items()
    ]
    alt = f"{scenario}: {told}. {_told(rows)}"
    return Plot(key, alt, partial(_forest, scenario, rows, [], told, zero=True))


def _told(rows: Sequence[Row]) -> str:
    return " ".join(f"{_named(r)}: {number(r.mean.value)} {range_of(r.mean)}." for r in rows)


def _named(row: Row) -> str:
    return f"{row.label}, {row.seeds}" if row.seeds else row.label


def _forest(
    title: str, rows: Sequence[Row], lines: Sequence[Line], label: str, zero: bool = False
) -> Figure:
    low, high = _limits(rows, zero)
    inside = [line for line in lines if low <= line.value <= high]
    left = [f"◂ {line.label} {number(line.value)}" for line in lines if line.value < low]
    right = [f"{line.label} {number(line.value)} ▸" for line in lines if line.value > high]
    named = [line for line in inside if line.label]
    above = len(named) + max(len(left), len(right))
    pitch = 0.34 if len(rows) <= MANY else 0.22
    figure, ax = axes(WIDTH, 0.9 + pitch * max(len(rows), 1) + 0.13 * above)
    ax.set_title(title, pad=4 + STEP * above)
    ax.set_xlim(low, high)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_yticks(range(len(rows)), [row.told for row in rows])
    ax.xaxis.grid(True)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(label)
    ax.locator_params(axis="x", nbins=5)
    for line in inside:
        _line(ax, line, named.index(line) if line in named else None, (low + high) / 2)
    for place, text in enumerate(left):
        _above(ax, 0.0, "left", len(named) + place, text)
    for place, text in enumerate(right):
        _above(ax, 1.0, "right", len(named) + place, text)
    for place, row in enumerate(rows):
        _row(ax, place, row, low, high)
    return figure


def _limits(rows: Sequence[Row], zero: bool) -> tuple[float, float]:
    """Wide enough for all rows but those far behind, which are named at the edge instead."""
    means = sorted(row.mean.value for row in rows if row.mean.value is not None)
    if not means:
        return 0.0, 1.0
    typical = means[(2 * len(means) - 1) // 3] - means[0]
    near = [r for r in rows if (r.mean.value or 0.0) - means[0] <= 3 * typical + 1e-12]
    kept = near if len(means) > 4 else rows
    ends = [end for row in kept for end in (row.mean.low, row.mean.high) if end is not None]
    values = ends + [point for row in kept for point in row.points]
    values += [0.0] if zero else []
    low, high = min(values), max(values)
    margin = 0.06 * (high - low) or max(abs(high), 0.01) * 0.01
    return low - margin, high + margin


def _line(ax: Axes, line: Line, place: int | None, middle: float) -> None:
    """A line across the rows; `place`: of its name above the axes, None for a line without."""
    if place is None:
        ax.axvline(line.value, color=INK, lw=0.9, zorder=1.5)
        return
    style = ":" if line.label == "oracle" else "--"
    ax.axvline(line.value, color=MUTED, lw=0.9, ls=style, zorder=1.5)
    side = "right" if line.value > middle else "left"
    _above(ax, line.value, side, place, f"{line.label} {number(line.value)}", on_axis=True)


def _above(ax: Axes, x: float, side: str, place: int, text: str, on_axis: bool = False) -> None:
    """Small text over the axes, `place` steps up; x in data or, not `on_axis`, in axes units."""
    ax.annotate(
        text,
        (x, 1.0),
        (0, 2 + STEP * place),
        xycoords=ax.get_xaxis_transform() if on_axis else "axes fraction",
        textcoords="offset points",
        ha=side,
        va="bottom",
        fontsize=6.8,
        color=MUTED,
    )


def _row(ax: Axes, place: int, row: Row, low: float, high: float) -> None:
    colour = COLOURS[0] if row.kind in ("best", "tied") else INK
    mean = row.mean.value
    if mean is None:
        return
    if not low <= mean <= high:
        right = mean > high
        ax.text(
            high if right else low,
            place,
            f"{number(mean, 3)} ▸" if right else f"◂ {number(mean, 3)}",
            ha="right" if right else "left",
            va="center",
            fontsize=8,
            color=colour,
        )
        return
    spread = 0.2 if len(row.points) > 1 else 0.0
    jitter = spread * np.cos(0.7 * np.pi * np.arange(len(row.points)))
    ax.plot(
        row.points,
        place + jitter,
        "o",
        ms=3.6,
        mfc=colour,
        mec="none",
        alpha=0.45,
        zorder=2,
    )
    if row.mean.low is not None and row.mean.high is not None:
        ax.plot([row.mean.low, row.mean.high], [place, place], color=colour, lw=2.4, zorder=3)
    marker = "D" if row.kind == "best" else "o"
    face = PAPER if row.kind == "behind" else colour
    ax.plot([mean], [place], marker, ms=6, mfc=face, mec=colour, mew=1.5, zorder=4)
