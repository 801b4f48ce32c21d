"""Shares of variance by source of randomness: stacked bars, and the interval of each share."""

from collections.abc import Sequence
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coldbench.report.drawing.style import COLOURS, HATCHES, MUTED, PAPER, Plot, axes, short
from coldbench.report.study import ReportData
from coldbench.report.topics.sources import Attribution
from coldbench.text import percent

__all__ = ["variance"]


def variance(data: ReportData) -> list[Plot]:
    """For each scenario with a complete design."""
    plots = []
    for scenario in data.scenarios:
        here = [found for found in data.sources if found.scenario == scenario]
        if here:
            plots.append(_plot(data, scenario, here))
    return plots


def _plot(data: ReportData, scenario: str, here: Sequence[Attribution]) -> Plot:
    told = [
        f"{data.names[one.learner]}: "
        + ", ".join(f"{c.name} {percent(c.share.value)}" for c in one.variance.components)
        for one in here
    ]
    alt = f"{scenario}: share of the variance by source. {'; '.join(told)}."
    names = [data.names[one.learner] for one in here]
    return Plot(f"sources-{scenario}", alt, partial(_draw, scenario, here, names))


def _draw(title: str, here: Sequence[Attribution], names: Sequence[str]) -> Figure:
    figure, ax = axes(4.5, 1.15 + 0.62 * len(here), title)
    ax.set_xlim(0, 100)
    ax.set_ylim(len(here) - 0.35, -0.45)
    ax.xaxis.grid(True)
    for place, one in enumerate(here):
        _bar(ax, place, one, label=place == 0)
    ax.set_yticks(range(len(here)), [short(name) for name in names])
    ax.set_xlabel("share of the variance over runs, %; lines: 95 % intervals")
    ax.spines["left"].set_visible(False)
    handles, labels = ax.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False, fontsize=7.5)
    return figure


def _bar(ax: Axes, place: int, one: Attribution, label: bool) -> None:
    start = 0.0
    for number, part in enumerate(one.variance.components):
        share = part.share
        colour, hatch = (MUTED, "") if part.name == "error" else (COLOURS[number], HATCHES[number])
        if share.value is None or share.low is None or share.high is None:
            return
        ax.barh(
            place - 0.16,
            100 * share.value,
            left=start,
            height=0.36,
            color=colour,
            hatch=hatch,
            edgecolor=PAPER,
            linewidth=0.6,
            label=part.name if label else None,
        )
        start += 100 * share.value
        y = place + 0.09 + 0.085 * number
        ax.plot([100 * share.low, 100 * share.high], [y, y], color=colour, lw=1.6)
        ax.plot([100 * share.value], [y], "o", color=colour, ms=3)
