"""Figures as bytes: SVG for the page, SVG, PNG and PDF for files. No dates, no random ids."""

import io
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import get_context

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from coldbench.report.figures.fonts import small_family
from coldbench.report.figures.style import PAPER, RC, Plot

__all__ = ["FEW", "drawn", "drawn_all"]

FEW = 12  # figures that are drawn before another process has even started


def drawn_all(
    plots: Sequence[Plot], kinds: Sequence[str], workers: int = 1
) -> dict[str, dict[str, bytes]]:
    """`drawn` of every plot, by key, in so many processes; the bytes do not depend on them.

    Where a process dies (little memory, no right to start one), this one draws them all.
    """
    draw = partial(drawn, kinds=kinds)
    keys = [plot.key for plot in plots]
    if workers > 1 and len(plots) >= FEW:
        with (
            suppress(BrokenExecutor, OSError),
            ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
        ):
            return dict(zip(keys, pool.map(draw, plots), strict=True))
    return dict(zip(keys, map(draw, plots), strict=True))


def drawn(plot: Plot, kinds: Sequence[str] = ("svg", "png", "pdf")) -> dict[str, bytes]:
    """The figure by kind of file; `svg` is always among them."""
    with _style():
        figure = plot.draw()
        files = {"svg": _svg(figure)}
        figure.set_layout_engine("none")  # the places found for SVG hold for the others
        figure.set_facecolor(PAPER)
        if "png" in kinds:
            files["png"] = _png(figure)
        if "pdf" in kinds:
            files["pdf"] = _pdf(figure)
    return files


def _svg(figure: Figure) -> bytes:
    sink = io.BytesIO()
    FigureCanvasSVG(figure).print_svg(  # type: ignore[no-untyped-call]
        sink, metadata={"Date": None, "Creator": None}
    )
    return sink.getvalue()


def _png(figure: Figure) -> bytes:
    figure.set_dpi(200)
    sink = io.BytesIO()
    FigureCanvasAgg(figure).print_png(  # type: ignore[no-untyped-call]
        sink, metadata={"Software": None}
    )
    return sink.getvalue()


def _pdf(figure: Figure) -> bytes:
    sink = io.BytesIO()
    facts = {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": None}
    FigureCanvasPdf(figure).print_pdf(sink, metadata=facts)  # type: ignore[no-untyped-call]
    return sink.getvalue()


@contextmanager
def _style() -> Iterator[None]:
    """Our style for a moment; a name with letters that the font lacks must not stop a report."""
    with matplotlib.rc_context(RC | {"font.family": small_family()}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        yield
