"""Many short texts of one look as one artist: an artist each would take most of the time of a
figure."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox, ScaledTranslation, Transform

from coldbench.report.drawing.style import INK

__all__ = ["Word", "Words", "label_columns", "label_rows", "shifted"]

FloatArray = npt.NDArray[np.float64]
BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0}  # share of a word left of its anchor
PAD = 3.5  # points between axes and labels


@dataclass(frozen=True, slots=True)
class Word:
    """A text at (x, y), in the units of its `Words`."""

    x: float
    y: float
    text: str
    bold: bool = False


class Words(Artist):
    """side: where in the width of each word its anchor is, always at half of its height; angle: in
    degrees, around the anchor."""

    def __init__(
        self,
        words: Sequence[Word],
        transform: Transform,
        size: float,
        side: str = "center",
        angle: float = 0.0,
    ) -> None:
        super().__init__()
        self.words = [word for word in words if word.text]
        self.angle, self.side = angle, side
        self._sizes: dict[Hashable, tuple[float, ...]] = {}
        self.set_transform(transform)
        self.set_clip_on(False)  # labels are outside of the axes
        self.set_zorder(3)  # as any text
        self.pens = {bold: Text(fontsize=size, ha=side) for bold in (False, True)}
        self.pens[True].set_fontweight("bold")
        for pen in self.pens.values():
            pen.set_transform(transform)
            pen.set_rotation_mode("anchor")

    def get_children(self) -> list[Artist]:
        """The two that hold the fonts."""
        return list(self.pens.values())

    def draw(self, renderer: RendererBase) -> None:
        """On the canvas of `renderer`."""
        gc = renderer.new_gc()
        gc.set_foreground(INK)
        top = renderer.get_canvas_width_height()[1]
        for word, (x, y) in zip(self.words, self._starts(renderer), strict=True):
            pen = self.pens[word.bold]
            pen.set_position((word.x, word.y))  # where the SVG renderer puts the anchor
            y = top - y if renderer.flipy() else y
            renderer.draw_text(
                gc, x, y, word.text, pen.get_fontproperties(), self.angle, False, pen
            )
        gc.restore()

    def get_window_extent(self, renderer: RendererBase | None = None) -> Bbox:
        """What they cover, in pixels."""
        if not self.words:
            return Bbox.null()
        if renderer is None:
            renderer = _figure_of(self)._get_renderer()  # type: ignore[attr-defined]
        _, height, drop = self._size(renderer, "lp")
        along, across = self._turned(self._widths(renderer), 0.0), self._turned(0.0, height)
        low = self._starts(renderer) - self._turned(0.0, drop)
        corners = np.concatenate([low, low + along, low + across, low + along + across])
        return Bbox([corners.min(axis=0), corners.max(axis=0)])

    def _starts(self, renderer: RendererBase) -> FloatArray:
        """Of their base lines, in pixels, [N, 2]."""
        _, height, drop = self._size(renderer, "lp")
        places = np.array([(word.x, word.y) for word in self.words], dtype=np.float64)
        anchors = self.get_transform().transform(places.reshape(-1, 2))
        before = BEFORE[self.side] * self._widths(renderer)
        return anchors - self._turned(before, height / 2 - drop)

    def _widths(self, renderer: RendererBase) -> FloatArray:
        known = {(w.text, w.bold): 0.0 for w in self.words}
        for text, bold in known:
            known[text, bold] = self._size(renderer, text, bold)[0]
        return np.array([known[w.text, w.bold] for w in self.words])

    def _size(self, renderer: RendererBase, text: str, bold: bool = False) -> tuple[float, ...]:
        """Width, height, and of that below the base line."""
        key = type(renderer), renderer.points_to_pixels(1.0), text, bold
        if key not in self._sizes:
            font = self.pens[bold].get_fontproperties()
            self._sizes[key] = renderer.get_text_width_height_descent(text, font, False)
        return self._sizes[key]

    def _turned(self, along: FloatArray | float, up: FloatArray | float) -> FloatArray:
        """The way along and up from the base line, on the page, [N, 2] or [2]."""
        turn = np.deg2rad(self.angle)
        return np.stack(
            [along * np.cos(turn) - up * np.sin(turn), along * np.sin(turn) + up * np.cos(turn)],
            axis=-1,
        )


def label_rows(ax: Axes, names: Sequence[str]) -> None:
    """Names left of y = 0, 1, ..., in place of ticks."""
    ax.set_yticks([])
    words = [Word(0.0, place, name) for place, name in enumerate(names)]
    ax.add_artist(Words(words, shifted(ax, ax.get_yaxis_transform(), -PAD, 0.0), 8.5, "right"))


def label_columns(ax: Axes, names: Sequence[str], angle: float = 0.0) -> None:
    """Names below x = 0, 1, ..., in place of ticks; at an angle they end there."""
    ax.set_xticks([])
    words = [Word(place, 0.0, name) for place, name in enumerate(names)]
    below = PAD + (0.0 if angle else 4.0)
    where = shifted(ax, ax.get_xaxis_transform(), 0.0, -below)
    ax.add_artist(Words(words, where, 8.0, "right" if angle else "center", angle))


def shifted(ax: Axes, where: Transform, x: float, y: float) -> Transform:
    """`where`, and then so many points to the right and up."""
    return where + ScaledTranslation(x / 72, y / 72, _figure_of(ax).dpi_scale_trans)


def _figure_of(artist: Artist) -> Figure:
    """The figure that it has been added to."""
    figure = artist.get_figure(root=True)
    assert figure is not None
    return figure
