"""A study as tables, figures, sentences: HTML, Markdown, LaTeX and CSV from one ReportData."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coldbench.report.drawing.draw import artists
    from coldbench.report.paper.citing import bibtex
    from coldbench.report.paper.figure import write_figure
    from coldbench.report.paper.pages import describe_methods, render_table
    from coldbench.report.settling import run_until_settled
    from coldbench.report.single import render
    from coldbench.report.study import ReportData, build
    from coldbench.report.write import csv_files, text_files, write_report

__all__ = [
    "ReportData",
    "artists",
    "bibtex",
    "build",
    "csv_files",
    "describe_methods",
    "render",
    "render_table",
    "run_until_settled",
    "text_files",
    "write_figure",
    "write_report",
]

_HOME = {
    "ReportData": "study",
    "artists": "drawing.draw",
    "bibtex": "paper.citing",
    "build": "study",
    "csv_files": "write",
    "describe_methods": "paper.pages",
    "render": "single",
    "render_table": "paper.pages",
    "run_until_settled": "settling",
    "text_files": "write",
    "write_figure": "paper.figure",
    "write_report": "write",
}


def __getattr__(name: str) -> Any:
    """Imports on first use: the command line wants `coldbench.text` without matplotlib."""
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
