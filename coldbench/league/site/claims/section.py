"""A part of a study's report as the answer to a claim."""

from coldbench.errors import UsageError
from coldbench.league.site.claims.answer import Answer
from coldbench.league.site.claims.described import Claim
from coldbench.league.site.claims.seeds import runs_of
from coldbench.report.document import Document
from coldbench.report.study import ReportData

__all__ = ["answer"]


def answer(claim: Claim, data: ReportData) -> Answer:
    """Its small tables and figures, and what the report says in words. Raises UsageError where the
    report has no such part."""
    document = data.of(Document)
    found = [section for section in document.sections if section.key == claim.section]
    tables = tuple(table for section in found for table in section.tables if not table.big)
    if not tables:
        raise UsageError(f"the report of {data.study.path} has no part {claim.section!r}")
    said = [one for one in document.sentences if one.section == claim.section]
    return Answer(
        words=tuple(f"{one.subject}: {one.text}" if one.subject else one.text for one in said),
        tables=tables,
        rows=document.files.get(f"{claim.section}.csv", []),
        seeds=runs_of(data, data.learners),
        figures=tuple(document.figures[key] for key in found[0].figures),
        how=found[0].how,
    )
