"""The report of a study as a page of the site, with its CSV files beside it."""

from collections.abc import Mapping
from dataclasses import replace

from markupsafe import Markup

from coldbench.league.several.document import LeagueDocument
from coldbench.league.several.gathering import Member
from coldbench.league.site.claims.answer import Answer
from coldbench.league.site.claims.described import Claim
from coldbench.league.site.claims.evidence import answer_to
from coldbench.league.site.files import Files
from coldbench.league.site.reported import Reported, reported_of
from coldbench.league.site.sources import Source
from coldbench.report.document import Document
from coldbench.report.drawing.draw import Draw
from coldbench.report.drawing.style import Plot
from coldbench.report.drawing.svg import inline
from coldbench.report.formats.csv import to_files
from coldbench.report.formats.html import to_html
from coldbench.report.page import Page
from coldbench.report.study import ReportData
from coldbench.text import Cell, Section

__all__ = ["LEAGUE", "add_league_report", "add_report", "drawn_answer"]

LEAGUE = "reports"  # the folder of the league over data sets, below it those of its studies


def add_report(files: Files, source: Source, data: ReportData, draw: Draw) -> Reported:
    """Its files; returns what other pages show of it."""
    document = data.of(Document)
    tables, pictures = _add(files, f"reports/{source.key}", document, draw)
    first = document.front.plot
    return reported_of(source, data, pictures[first.key] if first else Markup(), tables)


def add_league_report(
    files: Files, document: LeagueDocument, studies: Mapping[str, Reported], draw: Draw
) -> tuple[Markup, Markup]:
    """That of a league over data sets; returns the picture of its first screen, and that of the
    best meta-learners beside the best others, empty where there is none.

    studies: by data set, those of its studies.
    """
    members = document.league.members
    found = {_beside(one): studies[one.name].report for one in members}
    document.sections = tuple(_relinked(section, found) for section in document.sections)
    _, pictures = _add(files, LEAGUE, document, draw)
    return pictures[document.front.plot.key], pictures.get("meta", Markup())


def _beside(member: Member) -> str:
    """Where the league's own report has that of a study."""
    return f"{member.data.study.path.resolve().name}/report.html"


def _relinked(section: Section, found: Mapping[str, str]) -> Section:
    """With the places that reports of studies have in the site."""

    def cell(one: Cell) -> Cell:
        place = found.get(one.beside, "").removeprefix(f"{LEAGUE}/")
        return replace(one, beside=f"{place}/report.html") if place else one

    tables = (
        replace(table, rows=tuple(tuple(map(cell, row)) for row in table.rows))
        for table in section.tables
    )
    return replace(section, tables=tuple(tables))


def _add(
    files: Files, folder: str, document: Page, draw: Draw
) -> tuple[list[str], dict[str, Markup]]:
    """Names of its CSV files, and its pictures by key."""
    svgs, tables = _svgs(document.figures, draw), to_files(document.files)
    links = files.frame.links("../" * (folder.count("/") + 1))
    files.texts[f"{folder}/report.html"] = to_html(document, svgs, links)
    files.texts |= {f"{folder}/{name}": text for name, text in tables.items()}
    return sorted(tables), {key: Markup(svg) for key, svg in svgs.items()}


def drawn_answer(claim: Claim, data: ReportData, draw: Draw) -> Answer:
    """With its figures; raises UsageError where the study cannot answer."""
    answer = answer_to(claim, data)
    svgs = _svgs({plot.key: plot for plot in answer.figures}, draw)
    return replace(answer, svgs={key: Markup(svg) for key, svg in svgs.items()})


def _svgs(plots: Mapping[str, Plot], draw: Draw) -> dict[str, str]:
    """By key, as elements of a page."""
    coming = draw(list(plots.values()), ())
    return {
        key: inline(made["svg"], key, plot.alt)
        for (key, plot), made in zip(plots.items(), coming, strict=True)
    }
