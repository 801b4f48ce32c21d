"""Matrices with a number in every cell."""

from collections.abc import Mapping, Sequence
from functools import partial

from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.path import Path

from coldbench.report.drawing.style import MANY, Plot, axes, short, width_for
from coldbench.report.drawing.words import Word, Words, label_columns, label_rows

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
    steep = 90.0 if len(columns) > MANY else 40.0
    label_rows(ax, rows)
    label_columns(ax, columns, steep if crowded else 0.0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    _boxes(ax, cells, colour)
    _texts(ax, cells, 8.5 if len(rows) <= 8 else 7)
    return figure


def _boxes(ax: Axes, cells: Cells, colour: str) -> None:
    """Cells of one shade as one path."""
    shades: dict[float, list[tuple[int, int]]] = {}
    for place, (_, strength) in cells.items():
        shades.setdefault(round(0.04 + 0.66 * min(strength, 1.0), 3), []).append(place)
    paths = [Path.make_compound_path(*map(_box, places)) for places in shades.values()]
    colours = [to_rgba(colour, shade) for shade in shades]
    ax.add_collection(PathCollection(paths, facecolors=colours, clip_on=False), autolim=False)


def _box(place: tuple[int, int]) -> Path:
    row, column = place
    left, right, top, bottom = column - 0.47, column + 0.47, row - 0.46, row + 0.46
    return Path(
        [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], closed=True
    )


def _texts(ax: Axes, cells: Cells, size: float) -> None:
    words = [
        Word(column, row, text, strength > 0.5) for (row, column), (text, strength) in cells.items()
    ]
    ax.add_artist(Words(words, ax.transData, size)).set_in_layout(False)
