"""A study in, the files of its report out."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from coldbench.aside import written_aside
from coldbench.errors import StoreError, unknown
from coldbench.report.document import Document
from coldbench.report.drawing.draw import Draw, artists
from coldbench.report.drawing.svg import inline
from coldbench.report.formats.csv import to_files
from coldbench.report.formats.html import to_html
from coldbench.report.formats.latex import to_latex
from coldbench.report.formats.markdown import to_markdown
from coldbench.report.page import Page
from coldbench.report.study import ReportData, build
from coldbench.study import Study

__all__ = ["KINDS", "csv_files", "text_files", "write_page", "write_report"]

KINDS = ("svg", "png", "pdf")  # drawing all three takes three times as long as the page alone


def write_report(
    study: Study,
    out: Path,
    kinds: Sequence[str] = ("svg",),
    data: ReportData | None = None,
    draw: Draw | None = None,
) -> dict[str, Path]:
    """Write every file of the report into `out`; returns them by name (`report.html`, ...).

    kinds: of figure files, among KINDS; data: what `build` made of the study, if at hand; draw:
    from `artists`, for several processes. The same study gives the same bytes. Raises UsageError
    for other kinds, StoreError when the runs cannot be pooled or `out` cannot be written.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("kind of figures", kind, KINDS)
    if draw is None:
        with artists(workers=1) as alone:
            return write_report(study, out, kinds, data, alone)
    document = (data or build(study)).of(Document)
    return write_page(document, out, kinds, draw, {"report.tex": to_latex(document)})


def write_page(
    document: Page, out: Path, kinds: Sequence[str], draw: Draw, texts: Mapping[str, str]
) -> dict[str, Path]:
    """The page, Markdown, CSV files and figures of a document, and other texts by name."""
    _make(out)
    figures = document.figures
    coming = draw(list(figures.values()), kinds)
    written = {**to_files(document.files), "report.md": to_markdown(document), **texts}
    images = dict(zip(figures, coming, strict=True))
    svgs = {key: inline(images[key]["svg"], key, plot.alt) for key, plot in figures.items()}
    files: dict[str, str | bytes] = {"report.html": to_html(document, svgs), **written}
    for key, made in images.items():
        files |= {f"figures/{key}.{kind}": made[kind] for kind in kinds}
    return _write(files, out)


def text_files(study: Study) -> dict[str, str]:
    """What a packed study keeps of its report: `report.md`, without figures, and `summary.csv`."""
    document = build(study).of(Document)
    summary = to_files(document.files)["summary.csv"]
    return {"report.md": to_markdown(document, figures=False), "summary.csv": summary}


def csv_files(study: Study) -> dict[str, str]:
    """The CSV files of the report by name, in full precision."""
    return to_files(build(study).of(Document).files)


def _make(out: Path) -> None:
    """Before the figures are drawn: a folder that cannot be made is an error at once."""
    try:
        (out / "figures").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(out, error) from None


def _unwritable(out: Path, error: OSError) -> StoreError:
    return StoreError(f"cannot write the report to {out}: {error.strerror or error}")


def _write(files: dict[str, str | bytes], out: Path) -> dict[str, Path]:
    written = {}
    try:
        for name, content in files.items():
            written[name] = out / name
            with written_aside(out / name) as aside:
                aside.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise _unwritable(out, error) from None
    return written
