"""Names beside points, placed where they cover neither points nor each other."""

from collections.abc import Sequence

from matplotlib.axes import Axes

__all__ = ["beside"]

HEIGHT, CHARACTER = 9.5, 4.6  # points: of a line, of a character
SPOTS = ((6, 0, "left"), (-6, 0, "right"), (0, 9, "center"), (0, -9, "center"),
         (6, 9, "left"), (6, -9, "left"), (-6, 9, "right"), (-6, -9, "right"),
         (6, 18, "left"), (6, -18, "left"), (-6, 18, "right"), (-6, -18, "right"))  # fmt: skip

Box = tuple[float, float, float, float]


def beside(ax: Axes, points: Sequence[tuple[float, float, str]], colour: str) -> None:
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
    for (x, y, name), (left, bottom) in zip(points, spots, strict=True):
        dx, dy, side = _free(left, bottom, CHARACTER * len(name), taken, 0.8 * width)
        ax.annotate(
            name,
            (x, y),
            (dx, dy),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=7.5,
            color=colour,
        )
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
