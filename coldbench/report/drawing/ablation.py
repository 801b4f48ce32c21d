"""Forest plots of an ablation: effects on the mean, and ratios of standard deviations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from coldbench.report.drawing.style import COLOURS, INK, MARKERS, PAPER, Plot, axes, short
from coldbench.report.effects import Ablation, Effect
from coldbench.report.pairs import ALPHA
from coldbench.report.study import ReportData
from coldbench.statistics import Interval
from coldbench.text import number, range_of

__all__ = ["ablation"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is drawn of an effect: its interval, Holm's p, and the value of no effect."""

    key: str
    label: str
    value: Callable[[Effect], Interval]
    adjusted: Callable[[Effect], float | None]
    nothing: float
    places: int


KINDS = (
    Kind(
        "mae",
        "MAE minus that of the base (right: worse)",
        attrgetter("difference.difference"),
        attrgetter("adjusted"),
        0.0,
        4,
    ),
    Kind(
        "sd",
        "sd over seeds / that of the base (right: less stable)",
        attrgetter("spread.ratio"),
        attrgetter("spread_adjusted"),
        1.0,
        2,
    ),
)


def ablation(data: ReportData) -> list[Plot]:
    """For each scenario, every departure by base: its effect on the mean, and on the spread."""
    found = data.ablation
    if found is None:
        return []
    plots = [_plot(data, found, kind, s) for kind in KINDS for s in data.scenarios]
    return [plot for plot in plots if plot is not None]


def _plot(data: ReportData, found: Ablation, kind: Kind, scenario: str) -> Plot | None:
    rows: dict[tuple[str, str], Effect] = {}
    told = []
    for base in found.bases:
        for factor in found.factors:
            effect = found.effect(scenario, base, factor)
            if effect is not None and kind.value(effect).value is not None:
                value = kind.value(effect)
                rows[base, factor] = effect
                limits = range_of(value, kind.places)
                told.append(
                    f"{data.names[effect.label]}: {number(value.value, kind.places)} {limits}."
                )
    if not rows:
        return None
    alt = f"{scenario}: {kind.label}, with 95 % interval. {' '.join(told)}"
    names = {base: f"from {short(data.names[base])}" for base in found.bases}
    factors = [f for f in found.factors if any((base, f) in rows for base in found.bases)]
    draw = partial(_draw, names, factors, kind, scenario, rows)
    return Plot(f"ablation-{kind.key}-{scenario}", alt, draw)


def _draw(
    names: Mapping[str, str],
    factors: Sequence[str],
    kind: Kind,
    scenario: str,
    rows: dict[tuple[str, str], Effect],
) -> Figure:
    figure, ax = axes(4.5, 1.1 + (0.16 + 0.17 * len(names)) * len(factors), scenario)
    ax.set_ylim(len(factors) - 0.4, -0.6)
    ax.set_yticks(range(len(factors)), [short(factor) for factor in factors])
    ax.xaxis.grid(True)
    ax.spines["left"].set_visible(False)
    ax.set_xlabel(kind.label)
    _scale(ax, kind)
    ax.axvline(kind.nothing, color=INK, lw=0.9, zorder=1.5)
    step = 0.5 / max(len(names), 1)
    for place, (base, name) in enumerate(names.items()):
        colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
        ax.plot([], [], marker, ms=5, color=colour, label=name)
        for row, factor in enumerate(factors):
            if (base, factor) in rows:
                y = row + step * (place - (len(names) - 1) / 2)
                _effect(ax, kind, rows[base, factor], y, colour, marker)
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return figure


def _scale(ax: Axes, kind: Kind) -> None:
    if kind.key != "sd":
        ax.locator_params(axis="x", nbins=5)
        return
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=7))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


def _effect(ax: Axes, kind: Kind, effect: Effect, y: float, colour: str, marker: str) -> None:
    """A filled mark where Holm's correction shows an effect."""
    value, adjusted = kind.value(effect), kind.adjusted(effect)
    if value.low is not None and value.high is not None:
        ax.plot([value.low, value.high], [y, y], color=colour, lw=2, zorder=3)
    face = colour if adjusted is not None and adjusted <= ALPHA else PAPER
    middle = value.value or 0.0
    ax.plot([middle], [y], marker, ms=5, mfc=face, mec=colour, mew=1.3, zorder=4)
