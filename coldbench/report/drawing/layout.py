"""Room for what stands around axes, in one pass."""

from matplotlib.figure import Figure
from matplotlib.layout_engine import LayoutEngine

__all__ = ["PAD", "Fitted"]

PAD = 0.03  # inches around a figure


class Fitted(LayoutEngine):
    """For a figure of one pair of axes: matplotlib's constrained layout measures it twice."""

    _adjust_compatible = False
    _colorbar_gridspec = True

    def execute(self, fig: Figure) -> None:
        """As large as titles, names and labels leave room for."""
        (ax,) = fig.axes
        renderer = fig._get_renderer()  # type: ignore[attr-defined]
        outer, inner, pad = fig.bbox, ax.get_window_extent(renderer), PAD * fig.dpi
        tight = ax.get_tightbbox(renderer, for_layout_only=True)
        if tight is None:
            return
        left, bottom = pad + inner.x0 - tight.x0, pad + inner.y0 - tight.y0
        width = outer.width - left - pad - (tight.x1 - inner.x1)
        height = outer.height - bottom - pad - (tight.y1 - inner.y1)
        if width > 0 and height > 0:
            place = (
                left / outer.width,
                bottom / outer.height,
                width / outer.width,
                height / outer.height,
            )
            ax.set_position(place)
