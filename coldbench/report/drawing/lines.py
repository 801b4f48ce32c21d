"""Lines over epochs and over numbers of support ratings, with bands over seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from matplotlib.figure import Figure

from coldbench.report.drawing.style import COLOURS, LINES, MARKERS, Plot, axes, label_ends
from coldbench.report.study import ReportData
from coldbench.statistics import Interval
from coldbench.study import FULL
from coldbench.text import number

__all__ = ["curves", "shots"]

MOST = 12  # lines in one figure; the learners with the lowest error are kept


@dataclass(frozen=True, slots=True)
class Series:
    """place: of the learner, which fixes colour and marker in every figure."""

    name: str
    place: int
    x: tuple[float, ...]
    bands: tuple[Interval, ...]


def curves(data: ReportData) -> list[Plot]:
    """Validation error by epoch: the mean over scenarios, then each scenario."""
    shown = (c.name for c in data.curves if c.learner in data.anchors)
    return [_curve_plot(data, name) for name in dict.fromkeys(shown)]


def _curve_plot(data: ReportData, name: str) -> Plot:
    series = [
        Series(
            data.names[c.learner],
            data.learners.index(c.learner),
            tuple(range(1, len(c.curve.bands) + 1)),
            c.curve.bands,
        )
        for c in data.curves
        if c.name == name and c.learner in data.anchors
    ][:MOST]
    what = name.removeprefix("validation_")
    what = "all scenarios" if what == "mae" else what
    told = [_lowest(one) for one in series]
    alt = f"{what}: validation MAE by epoch, mean and 95 % band. {' '.join(told)}"
    return Plot(f"curves-{what.replace(' ', '-')}", alt, partial(_draw_curves, what, series))


def _lowest(series: Series) -> str:
    best = min(series.bands, key=lambda band: band.value or float("inf"))
    epoch = series.bands.index(best) + 1
    return f"{series.name}: lowest {number(best.value)} at epoch {epoch}."


def _draw_curves(title: str, series: Sequence[Series]) -> Figure:
    figure, ax = axes(4.5, 2.9, title)
    _lines(ax, series, every=True)
    low, high = _zoom(series)
    ax.set_ylim(low, high)
    ax.set_xlabel("epoch")
    ax.set_ylabel("validation MAE")
    ax.xaxis.get_major_locator().set_params(integer=True)  # type: ignore[call-arg]
    _ends(ax, series)
    return figure


def _zoom(series: Sequence[Series]) -> tuple[float, float]:
    """From the lowest value to three times the height of the learners' last epochs."""
    values = [b.value for one in series for b in one.bands if b.value is not None]
    late = [b.value for one in series for b in one.bands[len(one.bands) // 3 :] if b.value]
    short = max(len(one.bands) for one in series) < 6
    low, high = min(values), max(values if short else late)
    space = (high - low) or 0.01
    return low - 0.1 * space, min(max(values), high + 0.6 * space) + 0.05 * space


def shots(data: ReportData) -> list[Plot]:
    """For each scenario: MAE by the number of support ratings."""
    known = {found.scenario for found in data.shots}
    return [_shot_plot(data, scenario) for scenario in data.scenarios if scenario in known]


def _shot_plot(data: ReportData, scenario: str) -> Plot:
    here = [s for s in data.shots if s.scenario == scenario]
    levels = sorted({s.shots for s in here}, key=lambda s: (s == FULL, s))
    series = []
    for place, learner in enumerate(data.anchors):
        mine = {s.shots: s.mean for s in here if s.learner == learner}
        x = tuple(float(levels.index(level)) for level in levels if level in mine)
        bands = tuple(mine[level] for level in levels if level in mine)
        seeds = data.partial(learner, scenario)
        name = f"{data.names[learner]}, {seeds}" if seeds else data.names[learner]
        series += [Series(name, place, x, bands)] if mine else []
    series = series[:MOST]
    ticks = ["all" if level == FULL else str(level) for level in levels]
    told = [f"{s.name}: " + ", ".join(number(b.value) for b in s.bands) + "." for s in series]
    alt = f"{scenario}: MAE with {', '.join(ticks)} support ratings. {' '.join(told)}"
    return Plot(f"shots-{scenario}", alt, partial(_draw_shots, scenario, series, ticks))


def _draw_shots(title: str, series: Sequence[Series], ticks: Sequence[str]) -> Figure:
    figure, ax = axes(4.5, 2.9, title)
    _lines(ax, series, every=True)
    ax.set_xticks(range(len(ticks)), ticks)
    ax.set_xlabel("support ratings given")
    ax.set_ylabel("MAE")
    _ends(ax, series)
    return figure


def _lines(ax, series: Sequence[Series], every: bool) -> None:  # type: ignore[no-untyped-def]
    ax.yaxis.grid(True)
    ax.margins(x=0.02)
    for one in series:
        colour = COLOURS[one.place % len(COLOURS)]
        line = LINES[one.place // len(COLOURS) % len(LINES)]
        marker = MARKERS[one.place % len(MARKERS)]
        x = list(one.x)
        y = [b.value for b in one.bands]
        low = [b.value if b.low is None else b.low for b in one.bands]
        high = [b.value if b.high is None else b.high for b in one.bands]
        ax.fill_between(x, low, high, color=colour, alpha=0.13, lw=0)
        ax.plot(x, y, line, color=colour, lw=1.4, marker=marker, ms=3.6, mec="none")


def _ends(ax, series: Sequence[Series]) -> None:  # type: ignore[no-untyped-def]
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
