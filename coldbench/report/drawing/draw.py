"""Figures as bytes: SVG for the page, SVG, PNG and PDF for files. No dates, no random ids."""

import gc
import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from multiprocessing import forkserver, get_all_start_methods

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.text import Text

from coldbench.report.drawing.style import PAPER, RC, Plot
from coldbench.running import start_worker

__all__ = ["Draw", "artists", "drawn", "house_style"]

RARELY = 100_000  # allocations between two garbage collections, which take a tenth of the time

Files = dict[str, bytes]
Draw = Callable[[Sequence[Plot], Sequence[str]], Iterator[Files]]


@contextmanager
def artists(workers: int) -> Iterator[Draw]:
    """A function that gives `drawn` of each plot in turn, by so many processes.

    A fork server imports what they need while the caller computes, and they draw while the caller
    goes on. The bytes do not depend on them. Where there is no such server (Windows), or a process
    dies (little memory, no right to start), this process draws.
    """
    with ExitStack() as stack:
        pool = None
        if workers > 1 and "forkserver" in get_all_start_methods():
            with suppress(BrokenExecutor, OSError):
                from coldbench.running import ServerContext  # only where there is such a server

                context = ServerContext()
                context.set_forkserver_preload([__name__, "coldbench.report.document"])
                forkserver.ensure_running()
                pool = stack.enter_context(ProcessPoolExecutor(workers, context, _start))
        yield partial(_drawn_by, pool)


def _start() -> None:
    start_worker()
    gc.set_threshold(RARELY)


def _drawn_by(
    pool: Executor | None, plots: Sequence[Plot], kinds: Sequence[str]
) -> Iterator[Files]:
    draw = partial(drawn, kinds=kinds)
    if pool is not None:
        with suppress(BrokenExecutor, OSError):
            made = [pool.submit(draw, plot) for plot in plots]
            return (_result(one, draw, plot) for one, plot in zip(made, plots, strict=True))
    return map(draw, plots)


def _result(made: Future[Files], draw: Callable[[Plot], Files], plot: Plot) -> Files:
    try:
        return made.result()
    except (BrokenExecutor, OSError):
        return draw(plot)


def drawn(plot: Plot, kinds: Sequence[str] = ("svg", "png", "pdf")) -> Files:
    """The figure by kind of file; `svg` is always among them."""
    with house_style():
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
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure.set_dpi(200)
    sink = io.BytesIO()
    FigureCanvasAgg(figure).print_png(  # type: ignore[no-untyped-call]
        sink, metadata={"Software": None}
    )
    return sink.getvalue()


def _pdf(figure: Figure) -> bytes:
    # slow to import, and most reports have no PDF
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    from coldbench.report.drawing.fonts import small_family

    for text in figure.findobj(Text):
        text.set_fontfamily(small_family())
    sink = io.BytesIO()
    facts = {"CreationDate": None, "ModDate": None, "Producer": None, "Creator": None}
    FigureCanvasPdf(figure).print_pdf(sink, metadata=facts)  # type: ignore[no-untyped-call]
    return sink.getvalue()


@contextmanager
def house_style() -> Iterator[None]:
    """Our style for a moment; a name with letters that the font lacks must not stop a report."""
    with matplotlib.rc_context(RC), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        yield
