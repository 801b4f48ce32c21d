"""Rows of intervals with every run's point, and lines across them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from coldbench.report.drawing.style import COLOURS, INK, MANY, MUTED, PAPER, Plot, axes, short
from coldbench.report.drawing.words import label_rows
from coldbench.statistics import Interval
from coldbench.text import number, range_of

__all__ = ["Line", "Row", "bars", "draw_line", "draw_rows", "forest", "limits_of"]

WIDTH = 4.5  # inches
STEP = 9  # points between lines of small text


@dataclass(frozen=True, slots=True)
class Row:
    """kind: group of its standing, or ``; seeds: how many, where others have more."""

    label: str
    points: tuple[float, ...]
    mean: Interval
    kind: str = ""
    seeds: str = ""

    @property
    def tick(self) -> str:
        """Its label, short enough for an axis."""
        return f"{short(self.label)}, {self.seeds}" if self.seeds else short(self.label)

    @property
    def alt(self) -> str:
        """Its numbers, for readers who do not see the figure."""
        name = f"{self.label}, {self.seeds}" if self.seeds else self.label
        return f"{name}: {number(self.mean.value)} {range_of(self.mean)}."


@dataclass(frozen=True, slots=True)
class Line:
    """A value of somebody else, drawn across all rows."""

    label: str
    value: float


def forest(
    key: str,
    title: str,
    alt: str,
    rows: Sequence[Row],
    label: str,
    lines: Sequence[Line] = (),
    zero: bool = False,
) -> Plot:
    """alt: what the rows show, to which their numbers are added; zero: keep 0 on the axis."""
    alt = f"{alt} {' '.join(row.alt for row in rows)}"
    alt += "".join(f" {line.label}: {number(line.value)}." for line in lines if line.label)
    return Plot(key, alt, partial(_forest, title, rows, lines, label, zero))


def bars(key: str, scenario: str, rows: Sequence[Row], label: str) -> Plot:
    """Intervals of `label` alone, with 0 on the axis."""
    return forest(key, scenario, f"{scenario}: {label}.", rows, label, zero=True)


def _forest(
    title: str,
    rows: Sequence[Row],
    lines: Sequence[Line],
    label: str,
    zero: bool,
    ax: Axes | None = None,
) -> Figure:
    low, high = limits_of(rows, zero)
    inside = [line for line in lines if low <= line.value <= high]
    left = [f"◂ {line.label} {number(line.value)}" for line in lines if line.value < low]
    right = [f"{line.label} {number(line.value)} ▸" for line in lines if line.value > high]
    named = [line for line in inside if line.label]
    above = len(named) + max(len(left), len(right))
    pitch = 0.34 if len(rows) <= MANY else 0.22
    figure, ax = axes(WIDTH, 0.9 + pitch * max(len(rows), 1) + 0.13 * above, ax=ax)
    ax.set_title(title, pad=4 + STEP * above)
    ax.set_xlim(low, high)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    label_rows(ax, [row.tick for row in rows])
    ax.xaxis.grid(True)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(label)
    ax.locator_params(axis="x", nbins=5)
    for line in inside:
        draw_line(ax, line, named.index(line) if line in named else None, (low + high) / 2)
    for place, text in enumerate(left):
        _above(ax, 0.0, "left", len(named) + place, text)
    for place, text in enumerate(right):
        _above(ax, 1.0, "right", len(named) + place, text)
    draw_rows(ax, dict(enumerate(rows)), low, high)
    return figure


def limits_of(rows: Sequence[Row], zero: bool) -> tuple[float, float]:
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


def draw_line(ax: Axes, line: Line, place: int | None, middle: float) -> None:
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


def draw_rows(ax: Axes, rows: Mapping[int, Row], low: float, high: float) -> None:
    """By height: their runs, means and intervals; in words what lies off the axis."""
    known = {y: row for y, row in rows.items() if row.mean.value is not None}
    inside = {y: row for y, row in known.items() if low <= (row.mean.value or 0.0) <= high}
    for y in sorted(known.keys() - inside.keys()):
        _beyond(ax, y, known[y], low, high)
    _runs(ax, inside)
    _intervals(ax, inside)
    _means(ax, inside)


def _beyond(ax: Axes, y: int, row: Row, low: float, high: float) -> None:
    right = (row.mean.value or 0.0) > high
    mean = number(row.mean.value, 3)
    ax.text(
        high if right else low,
        y,
        f"{mean} ▸" if right else f"◂ {mean}",
        ha="right" if right else "left",
        va="center",
        fontsize=8,
        color=_colour(row),
    )


def _runs(ax: Axes, rows: Mapping[int, Row]) -> None:
    faint: dict[str, list[tuple[float, float]]] = {}
    for y, row in rows.items():
        spread = 0.2 if len(row.points) > 1 else 0.0
        jitter = spread * np.cos(0.7 * np.pi * np.arange(len(row.points)))
        faint.setdefault(_colour(row), []).extend(zip(row.points, y + jitter, strict=True))
    for colour, points in faint.items():
        ax.plot(
            *np.array(points).reshape(-1, 2).T,
            "o",
            ms=3.6,
            mfc=colour,
            mec="none",
            alpha=0.45,
            zorder=2,
        )


def _intervals(ax: Axes, rows: Mapping[int, Row]) -> None:
    bars = {
        y: ((row.mean.low, y), (row.mean.high, y))
        for y, row in rows.items()
        if row.mean.low is not None and row.mean.high is not None
    }
    colours = [_colour(rows[y]) for y in bars]
    ax.add_collection(
        LineCollection([*bars.values()], colors=colours, lw=2.4, capstyle="round", zorder=3)
    )


def _means(ax: Axes, rows: Mapping[int, Row]) -> None:
    kinds: dict[str, dict[int, Row]] = {}
    for y, row in rows.items():
        kinds.setdefault(row.kind, {})[y] = row
    for kind, those in kinds.items():
        colour = _colour(next(iter(those.values())))
        marker = "D" if kind == "best" else "o"
        face = PAPER if kind == "worse" else colour
        means = [row.mean.value or 0.0 for row in those.values()]
        ax.plot(means, list(those), marker, ms=6, mfc=face, mec=colour, mew=1.5, zorder=4)


def _colour(row: Row) -> str:
    return COLOURS[0] if row.kind in ("best", "contender") else INK
