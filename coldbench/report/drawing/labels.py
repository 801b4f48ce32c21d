"""Names beside points and lines, placed where they do not cover each other."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from coldbench.report.drawing.style import short
from coldbench.report.drawing.words import Word, Words, shifted

__all__ = ["beside", "label_ends"]

HEIGHT, CHARACTER = 9.5, 4.6  # points: of a line, of a character
SPOTS = ((6, 0, "left"), (-6, 0, "right"), (0, 9, "center"), (0, -9, "center"),
         (6, 9, "left"), (6, -9, "left"), (-6, 9, "right"), (-6, -9, "right"),
         (6, 18, "left"), (6, -18, "left"), (-6, 18, "right"), (-6, -18, "right"))  # fmt: skip

Box = tuple[float, float, float, float]


def beside(ax: Axes, points: Sequence[tuple[float, float, str]]) -> None:
    """Each name at the first spot around its point that is free; the last spot if none is."""
    figure = ax.get_figure()
    width, height = (72 * inches for inches in figure.get_size_inches())  # type: ignore[union-attr]
    low, high = ax.get_xlim(), ax.get_ylim()
    transform = ax.transScale + ax.transLimits
    taken: list[Box] = []
    spots = []
    for x, y, _ in points:
        unit = transform.transform((x, y))
        spots.append((0.8 * width * unit[0], 0.78 * height * unit[1]))
    taken += [(x - 4, y - 4, x + 4, y + 4) for x, y in spots]
    placed: dict[tuple[float, float, str], list[Word]] = {}
    for (x, y, name), (left, bottom) in zip(points, spots, strict=True):
        spot = _free(left, bottom, CHARACTER * len(name), taken, 0.8 * width)
        placed.setdefault(spot, []).append(Word(x, y, name))
    for (dx, dy, side), words in placed.items():
        ax.add_artist(Words(words, shifted(ax, ax.transData, dx, dy), 7.5, side))
    ax.set_xlim(low)
    ax.set_ylim(high)


def _free(
    x: float, y: float, width: float, taken: list[Box], limit: float
) -> tuple[float, float, str]:
    for dx, dy, side in SPOTS:
        box = _box(x + dx, y + dy, width, side)
        inside = box[0] >= -12 and box[2] <= limit + 12
        if inside and not any(_overlap(box, other) for other in taken):
            taken.append(box)
            return dx, dy, side
    return SPOTS[-1]


def _box(x: float, y: float, width: float, side: str) -> Box:
    left = {"left": x, "right": x - width, "center": x - width / 2}[side]
    return left, y - HEIGHT / 2, left + width, y + HEIGHT / 2


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def label_ends(
    ax: Axes, x: float, ends: Sequence[tuple[float, str, str]], gap: float = 10.5
) -> None:
    """Names right of `x` at the heights (y, name, colour) of their lines, moved apart vertically
    to `gap` points, each joined to its line."""
    low, high = ax.get_ylim()
    height = float(ax.figure.get_figheight()) * 72 * 0.78  # type: ignore[union-attr]
    placed = _spread([y for y, _, _ in ends], gap * (high - low) / height, high)
    left, right = ax.get_xlim()
    step = 0.02 * (right - left)
    joins = [[(x, y), (x + step, place)] for (y, *_), place in zip(ends, placed, strict=True)]
    colours = [colour for *_, colour in ends]
    ax.add_collection(LineCollection(joins, colors=colours, lw=0.7, clip_on=False), autolim=False)
    names = zip(ends, placed, strict=True)
    words = [Word(x + 1.4 * step, place, short(name)) for (_, name, _), place in names]
    ax.add_artist(Words(words, ax.transData, 8, "left"))
    ax.set_xlim(left, right)


def _spread(values: Sequence[float], step: float, high: float) -> list[float]:
    """Values moved up as little as needed to be `step` apart, then shifted into the limits."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    result = list(values)
    floor = float("-inf")
    for place in order:
        result[place] = max(values[place], floor)
        floor = result[place] + step
    excess = max(result, default=0.0) - high
    if excess > 0:
        ceiling = high
        for place in reversed(order):
            result[place] = min(result[place], ceiling)
            ceiling = result[place] - step
    return result
