"""What the command line prints for papers: a table in a format, a paragraph in a format."""

from collections.abc import Sequence

from coldbench.errors import UsageError, unknown
from coldbench.report.formats.fragment import table_to_fragment
from coldbench.report.formats.latex import table_to_latex
from coldbench.report.formats.markdown import captioned
from coldbench.report.paper.methods import methods
from coldbench.report.paper.prose import written_as
from coldbench.report.paper.table import paper_table
from coldbench.report.single import render, written
from coldbench.report.study import MAIN, build
from coldbench.study import Study

__all__ = ["describe_methods", "render_table"]

FORMS = {"latex": table_to_latex, "markdown": captioned, "html": table_to_fragment}


def render_table(
    studies: Sequence[Study],
    form: str,
    table: str = "main",
    models: Sequence[str] = (),
    metric: str = MAIN,
    digits: int = 4,
) -> str:
    """A table of the report as text; the main one for a paper (`paper_table`), in any format but
    `csv`, and in that too where several studies or anything else are asked for."""
    asked = bool(models) or metric != MAIN or digits != 4
    if table != "main":
        if asked or len(studies) > 1:
            raise UsageError(
                f"table {table!r} is of one study, whole: models, metric, digits and several "
                "studies go with the table 'main'"
            )
        return render(studies[0], form, table)
    if form == "csv":
        paper = asked or len(studies) > 1
        if not paper:
            return render(studies[0], form, table)
        return written(paper_table(studies, models, metric, digits), form)
    if form not in FORMS:
        raise unknown("format", form, [*FORMS, "csv"])
    return FORMS[form](paper_table(studies, models, metric, digits))


def describe_methods(study: Study, form: str = "text") -> str:
    """The paragraph on methods as text, LaTeX or Pandoc's Markdown."""
    return written_as(methods(build(study)), form)
