"""Matrices with a number in every cell: reversal probabilities, rank counts."""

from collections.abc import Mapping, Sequence
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coldbench.report.drawing.style import COLOURS, INK, MANY, Plot, axes, short, width_for
from coldbench.report.pairs import pair_of
from coldbench.report.study import ReportData
from coldbench.report.topics.ranks import Ranking, rankings
from coldbench.text import number

__all__ = ["ranks", "reversal"]

Cells = Mapping[tuple[int, int], tuple[str, float]]  # (row, column) -> text, strength 0..1


def reversal(data: ReportData) -> list[Plot]:
    """For each scenario: how often one run of each of two learners names the wrong winner."""
    if len(data.learners) < 2 or data.ablation is not None:
        return []
    plots = [_reversal_plot(data, scenario) for scenario in data.scenarios]
    return [plot for plot in plots if plot is not None]


def _reversal_plot(data: ReportData, scenario: str) -> Plot | None:
    here = [name for name in data.learners if data.standing(name, scenario)]
    cells: dict[tuple[int, int], tuple[str, float]] = {}
    told = []
    for row, a in enumerate(here):
        for column, b in enumerate(here[:row]):
            pair, _ = pair_of(data.pairs, scenario, a, b)
            chance = pair.reversal.model.value if pair else None
            if chance is not None:
                small = "<1" if len(here) <= MANY else ""
                text = small if chance < 0.01 else f"{100 * chance:.0f}"
                cells[row - 1, column] = (text, 2 * chance)
                told.append(f"{data.names[b]} and {data.names[a]}: {text or '<1'} %.")
    if not cells:
        return None
    alt = f"{scenario}: how often one run of each names the wrong winner. {' '.join(told)}"
    labels = [short(data.names[name]) for name in here]
    title = f"{scenario}: wrong winner, %{'' if len(here) <= MANY else ' (empty: <1)'}"
    draw = partial(_matrix, title, labels[1:], labels[:-1], cells, COLOURS[1])
    return Plot(f"reversal-{scenario}", alt, draw)


def ranks(data: ReportData) -> list[Plot]:
    """For each scenario: at how many seeds each learner came first, second, ..."""
    return [_rank_plot(data, ranking) for ranking in rankings(data)]


def _rank_plot(data: ReportData, ranking: Ranking) -> Plot:
    counts, n = ranking.stability.counts, ranking.stability.n
    cells = {
        (row, column): (str(count) if count else "", count / n)
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
    }
    labels = [short(data.names[name]) for name in ranking.learners]
    places = [str(place + 1) for place in range(len(labels))]
    told = [
        f"{data.names[name]}: "
        + ", ".join(f"rank {rank} {c} of {n}" for rank, c in enumerate(line, 1) if c)
        for name, line in zip(ranking.learners, counts, strict=True)
    ]
    alt = f"{ranking.scenario}: ranks over {n} common seeds. {'; '.join(told)}."
    w = ranking.stability.kendall_w
    agreement = "" if w is None else f", Kendall's W {number(w, 2)}"
    title = f"{ranking.scenario}: rank in {n} seed{'s' if n > 1 else ''}{agreement}"
    return Plot(
        f"ranks-{ranking.scenario}", alt, partial(_matrix, title, labels, places, cells, COLOURS[0])
    )


def _matrix(
    title: str, rows: Sequence[str], columns: Sequence[str], cells: Cells, colour: str
) -> Figure:
    width = width_for(len(columns))
    crowded = len(columns) * max(map(len, columns)) * 4.8 > 53 * width
    space = 0.055 * max(map(len, columns)) if crowded else 0.0
    figure, ax = axes(width, 0.75 + 0.27 * len(rows) + space, title)
    ax.set_xlim(-0.5, len(columns) - 0.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    size = 8.5 if len(rows) <= 8 else 7
    for (row, column), (text, strength) in cells.items():
        _cell(ax, row, column, text, strength, colour, size)
    ax.set_yticks(range(len(rows)), rows)
    ax.set_xticks(range(len(columns)), columns)
    if crowded:
        for label in ax.get_xticklabels():
            steep = 90 if len(columns) > MANY else 40
            label.set(rotation=steep, ha="right", rotation_mode="anchor")
    ax.tick_params(axis="x", length=0, labelcolor=INK)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return figure


def _cell(
    ax: Axes, row: int, column: int, text: str, strength: float, colour: str, size: float
) -> None:
    box = Rectangle((column - 0.47, row - 0.46), 0.94, 0.92, facecolor=colour, edgecolor="none")
    box.set_alpha(round(0.04 + 0.66 * min(strength, 1.0), 3))
    ax.add_patch(box)
    weight = "bold" if strength > 0.5 else "normal"
    ax.text(column, row, text, ha="center", va="center", fontsize=size, color=INK, weight=weight)
