"""Matrices with a number in every cell."""

from collections.abc import Mapping, Sequence
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from coldbench.report.drawing.style import INK, MANY, Plot, axes, short, width_for

__all__ = ["Cells", "matrix"]

Cells = Mapping[tuple[int, int], tuple[str, float]]  # (row, column) -> text, strength 0..1


def matrix(
    key: str,
    title: str,
    alt: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Cells,
    colour: str,
) -> Plot:
    """rows, columns: names; strength of a cell: how much `colour` it takes."""
    sides, heads = ([short(name) for name in names] for names in (rows, columns))
    return Plot(key, alt, partial(_matrix, title, sides, heads, cells, colour))


def _matrix(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Cells,
    colour: str,
    ax: Axes | None = None,
) -> Figure:
    width = width_for(len(columns))
    crowded = len(columns) * max(map(len, columns)) * 4.8 > 53 * width
    space = 0.055 * max(map(len, columns)) if crowded else 0.0
    figure, ax = axes(width, 0.75 + 0.27 * len(rows) + space, title, ax)
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
