"""Figures as bytes: SVG for the page, SVG, PNG and PDF for files. No dates, no random ids."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG

from coldbench.report.figures.style import PAPER, RC, Plot

__all__ = ["drawn"]


def drawn(plot: Plot) -> dict[str, bytes]:
    """The figure by kind of file: `svg`, `png`, `pdf`."""
    with _style():
        figure = plot.draw()
        svg = io.BytesIO()
        FigureCanvasSVG(figure).print_svg(svg, metadata={"Date": None, "Creator": None})
        figure.set_facecolor(PAPER)
        png, pdf = io.BytesIO(), io.BytesIO()
        figure.set_dpi(200)
        FigureCanvasAgg(figure).print_png(png, metadata={"Software": None})
        facts = {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": None}
        FigureCanvasPdf(figure).print_pdf(pdf, metadata=facts)
    return {"svg": svg.getvalue(), "png": png.getvalue(), "pdf": pdf.getvalue()}


@contextmanager
def _style() -> Iterator[None]:
    """Our style for a moment; a name with letters that the font lacks must not stop a report."""
    with matplotlib.rc_context(RC), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        yield
