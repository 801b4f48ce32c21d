"""The report of a study as a page of the site, with its CSV files beside it."""

from dataclasses import replace

from markupsafe import Markup

from coldbench.league.site.claims.answer import Answer
from coldbench.league.site.claims.described import Claim
from coldbench.league.site.claims.evidence import answer_to
from coldbench.league.site.entries import Entry, entry_of
from coldbench.league.site.files import Files
from coldbench.league.site.sources import Source
from coldbench.report.document import Document
from coldbench.report.drawing.draw import Draw
from coldbench.report.drawing.style import Plot
from coldbench.report.drawing.svg import inline
from coldbench.report.formats.csv import to_files
from coldbench.report.formats.html import to_html
from coldbench.report.study import ReportData

__all__ = ["add_report", "drawn_answer"]


def add_report(files: Files, source: Source, data: ReportData, draw: Draw) -> Entry:
    """Its files; returns what other pages show of it."""
    document = data.of(Document)
    svgs = _svgs(document.figures, draw)
    tables = to_files(document.files)
    picture = Markup(svgs[document.front.plot.key]) if document.front.plot else Markup("")
    entry = entry_of(source, data, picture, sorted(tables))
    links = files.frame.links("../../")
    files.texts[f"{entry.report}/report.html"] = to_html(document, svgs, links)
    files.texts |= {f"{entry.report}/{name}": text for name, text in tables.items()}
    return entry


def drawn_answer(claim: Claim, data: ReportData, draw: Draw) -> Answer:
    """With its figures; raises UsageError where the study cannot answer."""
    answer = answer_to(claim, data)
    svgs = _svgs({plot.key: plot for plot in answer.figures}, draw)
    return replace(answer, svgs={key: Markup(svg) for key, svg in svgs.items()})


def _svgs(plots: dict[str, Plot], draw: Draw) -> dict[str, str]:
    """By key, as elements of a page."""
    coming = draw(list(plots.values()), ())
    return {
        key: inline(made["svg"], key, plot.alt)
        for (key, plot), made in zip(plots.items(), coming, strict=True)
    }
