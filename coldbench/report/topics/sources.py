"""Variance by source of randomness, where the runs of a study form a design that can tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from coldbench.report.drawing.style import COLOURS, HATCHES, MUTED, PAPER, Plot, axes, short
from coldbench.report.seeds import vector_of
from coldbench.report.standings import Values
from coldbench.report.study import ReportData
from coldbench.report.topic import Topic, with_limits
from coldbench.rng import Seeds
from coldbench.statistics import (
    Component,
    SourceVariance,
    pair_variance,
    source_variance,
)
from coldbench.study import array_vectors
from coldbench.text import NA, Cell, Column, Section, Table, number, percent, percent_cell

__all__ = ["Attribution", "Sources", "attribute", "oa_order"]

HOW = (
    "How much of the variance between runs comes from the split, the episodes, the initial "
    "state and the order of training. Bars add up to 100 %; the lines below each bar are "
    "the 95 % intervals of the shares, which are wide."
)
ROUNDING = (
    "Rounding: training ratings and starting weights that differ in the last bit, as arithmetic "
    "on another processor does. "
)
FIVE = ROUNDING + (
    "Its part is what a level of it does alike at all other seeds. A chaotic learner, which "
    "another last bit sends somewhere else in each run, has that in `error`: `--design "
    "cross:init,rounding` shows it. With five sources the error has 4 degrees of freedom (with "
    "four 8), so intervals are wider."
)
CROSSED = ROUNDING + (
    "Here two sources move and all others stand still: what the other one does not do alike at all "
    "roundings is what the last bit did, and may change between machines at equal seeds."
)
NO_DESIGN = (
    "n/a: these runs form no design that tells the streams of randomness apart, such as "
    "`--design sources` (25 runs a learner) or `--design cross:init,rounding`."
)
NOTE = (
    "A negative estimate is shown as 0. What two sources do only together is part of `error`. "
    "The intervals of means elsewhere treat these runs as independent."
)


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each stream adds to one learner's variance in a scenario."""

    learner: str
    scenario: str
    variance: SourceVariance


class Sources(Topic):
    """Shares of variance by stream."""

    order = 90

    @cached_property
    def attributions(self) -> tuple[Attribution, ...]:
        """Empty where the design does not support them."""
        return attribute(self.data.main, self.data.learners, self.data.scenarios)

    def section(self) -> Section:
        title = "Where the variance comes from"
        if not self.attributions:
            return Section("sources", "Sources", title, HOW, notes=(NO_DESIGN,))
        table = _table(self.data, self.attributions)
        known = {part.name for one in self.attributions for part in one.variance.components}
        told = FIVE if "split" in known and "init" in known else CROSSED
        notes = (NOTE, told) if "rounding" in known else (NOTE,)
        return Section("sources", "Sources", title, HOW, (), (table,), notes)

    def figures(self) -> list[Plot]:
        """For each scenario with a complete design."""
        groups = {
            scenario: [one for one in self.attributions if one.scenario == scenario]
            for scenario in self.data.scenarios
        }
        return [_plot(self.data, scenario, some) for scenario, some in groups.items() if some]

    def files(self) -> dict[str, list[dict[str, object]]]:
        parts = [(one, part) for one in self.attributions for part in one.variance.components]
        return {"sources.csv": [_columns(one, part) for one, part in parts]}


def attribute(
    values: Mapping[tuple[str, str], Values], learners: Sequence[str], scenarios: Sequence[str]
) -> tuple[Attribution, ...]:
    """For every learner and scenario whose finished runs hold a complete OA(25, 5^5), or else
    OA(25, 5^4), or else a complete crossing of two streams."""
    attributions = []
    for learner in learners:
        for scenario in scenarios:
            variance = _variance(values.get((learner, scenario), {}))
            if variance is not None:
                attributions.append(Attribution(learner, scenario, variance))
    return tuple(attributions)


def _variance(runs: Values) -> SourceVariance | None:
    for factors in (5, 4):
        order = oa_order(list(runs), factors)
        if order is not None:
            return source_variance([runs[label] for label in order], factors)
    crossed = _crossing(list(runs))
    if crossed is None:
        return None
    names, grid = crossed
    return pair_variance([[runs[label] for label in row] for row in grid], names)


def _crossing(labels: Sequence[str]) -> tuple[tuple[str, str], list[list[str]]] | None:
    """Two streams that move while the others rest, and the labels of all pairs of their levels."""
    vectors = {vector: label for label in labels if (vector := vector_of(label)) is not None}
    moving = [n for n in Seeds._fields if len({getattr(v, n) for v in vectors}) > 1]
    if len(moving) != 2:
        return None
    first, second = moving
    rows = list(dict.fromkeys(getattr(vector, first) for vector in vectors))
    columns = list(dict.fromkeys(getattr(vector, second) for vector in vectors))
    base = next(iter(vectors))
    grid = [[base._replace(**{first: row, second: column}) for column in columns] for row in rows]
    if not all(vector in vectors for line in grid for vector in line):
        return None
    return (first, second), [[vectors[vector] for vector in line] for line in grid]


def oa_order(labels: Sequence[str], factors: int = 5) -> list[str] | None:
    """The seed labels of the 25 runs in the order of `oa25`, None when they are not all there.

    The five levels are the same seeds for the first four streams: in the order in which the split
    stream shows them, or in ascending order.
    """
    vectors = {vector: label for label in labels if (vector := vector_of(label)) is not None}
    shown = list(dict.fromkeys(vector.split for vector in vectors))
    for levels in (shown[:5], sorted(shown)[:5]):
        if len(levels) == 5:
            wanted = array_vectors(levels, factors)
            if all(vector in vectors for vector in wanted):
                return [vectors[vector] for vector in wanted]
    return None


def _table(data: ReportData, attributions: Sequence[Attribution]) -> Table:
    names = dict.fromkeys(part.name for one in attributions for part in one.variance.components)
    columns = (
        Column("scenario", False),
        Column("learner", False),
        *(Column(name) for name in names),
        Column("sd, all sources"),
    )
    rows = tuple(
        (
            Cell(one.scenario),
            Cell(data.names[one.learner]),
            *(_share(one.variance, name) for name in names),
            Cell(number(one.variance.total**0.5)),
        )
        for one in attributions
    )
    return Table("sources", "Shares of variance by source", columns, rows, big=True)


def _share(variance: SourceVariance, name: str) -> Cell:
    known = {part.name: part.share for part in variance.components}
    return percent_cell(known[name]) if name in known else Cell(NA)


def _columns(one: Attribution, part: Component) -> dict[str, object]:
    return {
        "scenario": one.scenario,
        "learner": one.learner,
        "source": part.name,
        "n_runs": part.n,
        "variance": part.value,
        "variance_low": part.low,
        "variance_high": part.high,
        "variance_raw": part.raw,
        **with_limits("share", part.share),
        "p": part.p,
    }


def _plot(data: ReportData, scenario: str, attributions: Sequence[Attribution]) -> Plot:
    shares = [
        f"{data.names[one.learner]}: "
        + ", ".join(f"{c.name} {percent(c.share.value)}" for c in one.variance.components)
        for one in attributions
    ]
    alt = f"{scenario}: share of the variance by source. {'; '.join(shares)}."
    names = [data.names[one.learner] for one in attributions]
    return Plot(f"sources-{scenario}", alt, partial(_draw, scenario, attributions, names))


def _draw(title: str, attributions: Sequence[Attribution], names: Sequence[str]) -> Figure:
    figure, ax = axes(4.5, 1.15 + 0.62 * len(attributions), title, legend=True)
    ax.set_xlim(0, 100)
    ax.set_ylim(len(attributions) - 0.35, -0.45)
    ax.xaxis.grid(True)
    for place, one in enumerate(attributions):
        _bar(ax, place, one, label=place == 0)
    ax.set_yticks(range(len(attributions)), [short(name) for name in names])
    ax.set_xlabel("share of the variance over runs, %; lines: 95 % intervals")
    ax.spines["left"].set_visible(False)
    handles, labels = ax.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside lower center", ncols=6, frameon=False, fontsize=7.5,
        columnspacing=1.2,
    )  # fmt: skip
    return figure


def _bar(ax: Axes, place: int, one: Attribution, label: bool) -> None:
    start = 0.0
    for index, part in enumerate(one.variance.components):
        share = part.share
        colour, hatch = (MUTED, "") if part.name == "error" else (COLOURS[index], HATCHES[index])
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
        y = place + 0.09 + 0.085 * index
        ax.plot([100 * share.low, 100 * share.high], [y, y], color=colour, lw=1.6)
        ax.plot([100 * share.value], [y], "o", color=colour, ms=3)
