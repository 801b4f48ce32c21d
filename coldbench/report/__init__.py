"""A study as tables, figures, verdicts: HTML, Markdown, LaTeX and CSV from one ReportData."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coldbench.report.drawing.draw import artists
    from coldbench.report.single import render
    from coldbench.report.study import ReportData, build
    from coldbench.report.write import write_report

__all__ = ["ReportData", "artists", "build", "render", "write_report"]

_HOME = {
    "ReportData": "study",
    "artists": "drawing.draw",
    "build": "study",
    "render": "single",
    "write_report": "write",
}


def __getattr__(name: str) -> Any:
    """Imports on first use: the command line wants `coldbench.text.names` without matplotlib."""
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
