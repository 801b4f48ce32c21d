"""A table of signed numbers as cells: blue above 0, orange below, the stronger the farther."""

from collections.abc import Mapping, Sequence
from functools import partial

from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.path import Path

from coldbench.report.drawing.style import COLOURS, MANY, MUTED, Plot, axes, short
from coldbench.report.drawing.words import Word, Words, label_rows, shifted

__all__ = ["Shade", "heat"]

WIDTH = 4.0  # inches: fits a telephone
APART = 0.3  # of a cell: between the first column and the others
Shade = tuple[str, float, bool]  # text, strength from -1 to 1, whether it is the best of its column


def heat(
    key: str,
    title: str,
    alt: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[int, int], Shade],
) -> Plot:
    """rows, columns: names, the first column apart from the others; cells: by row and column."""
    heads = [short(name) for name in columns]
    return Plot(key, alt, partial(_heat, title, [short(name) for name in rows], heads, cells))


def _heat(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[int, int], Shade],
    ax: Axes | None = None,
) -> Figure:
    longest = max(map(len, columns))
    steep = len(columns) * longest * 5.2 > 200
    pitch = 0.17 if len(rows) > MANY else 0.22
    room = 5.0 + (3.6 * longest if steep else 12.0)  # points, for the names of columns
    figure, ax = axes(WIDTH, 0.35 + room / 72 + pitch * len(rows), ax=ax)
    ax.set_title(title, pad=room, fontsize=9)
    ax.set_xlim(-0.5, len(columns) - 0.5 + APART)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xticks([])
    label_rows(ax, rows)
    for spine in ax.spines.values():
        spine.set_visible(False)
    names = [Word(_x(place), 1.0, name) for place, name in enumerate(columns)]
    above = shifted(ax, ax.get_xaxis_transform(), 0.0, 4.0 if steep else 8.0)
    side, angle = ("left", 40.0) if steep else ("center", 0.0)
    ax.add_artist(Words(names, above, 8.0, side, angle))
    _boxes(ax, cells)
    words = [Word(_x(column), row, text, best) for (row, column), (text, _, best) in cells.items()]
    ax.add_artist(Words(words, ax.transData, 7.0)).set_in_layout(False)
    return figure


def _x(column: int) -> float:
    return column + APART * (column > 0)


def _boxes(ax: Axes, cells: Mapping[tuple[int, int], Shade]) -> None:
    """Cells of one colour as one path; grey where there is no number."""
    kinds: dict[tuple[str, float], list[Path]] = {}
    for (row, column), (text, strength, _) in cells.items():
        colour = COLOURS[0] if strength >= 0.0 else COLOURS[1]
        shade = round(0.04 + 0.6 * min(abs(strength), 1.0), 2)
        known = bool(text) and text[-1].isdigit()
        kind = (colour, shade) if known else (MUTED, 0.08)
        kinds.setdefault(kind, []).append(_box(_x(column), row))
    paths = [Path.make_compound_path(*boxes) for boxes in kinds.values()]
    colours = [to_rgba(colour, shade) for colour, shade in kinds]
    ax.add_collection(PathCollection(paths, facecolors=colours, clip_on=False), autolim=False)


def _box(x: float, y: float) -> Path:
    left, right, top, bottom = x - 0.48, x + 0.48, y - 0.46, y + 0.46
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    return Path(corners, closed=True)
