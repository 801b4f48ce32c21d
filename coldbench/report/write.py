"""A study in, the files of its report out."""

import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from coldbench.errors import StoreError
from coldbench.report.detail import sections
from coldbench.report.drawing import plots
from coldbench.report.drawing.draw import Draw, artists
from coldbench.report.drawing.svg import inline
from coldbench.report.formats.csv import csv_files
from coldbench.report.formats.html import to_html
from coldbench.report.formats.latex import to_latex
from coldbench.report.formats.markdown import to_markdown
from coldbench.report.study import ReportData, build
from coldbench.report.verdicts import sayings
from coldbench.study import Study

__all__ = ["write_report"]

KINDS = ("svg", "png", "pdf")


def write_report(
    study: Study,
    out: Path,
    kinds: Sequence[str] = KINDS,
    data: ReportData | None = None,
    draw: Draw | None = None,
) -> dict[str, Path]:
    """Write every file of the report into `out`; returns them by name (`report.html`, ...).

    kinds: of figure files; data: what `build` made of the study, if at hand; draw: from `artists`,
    for several processes. The same study gives the same bytes. Raises StoreError when the runs
    cannot be pooled or `out` cannot be written.
    """
    if draw is None:
        with artists(workers=1) as alone:
            return write_report(study, out, kinds, data, alone)
    data = data or build(study)
    _make(out)
    figures = plots(data)
    coming = draw(list(figures.values()), kinds)
    parts, said = sections(data), sayings(data)
    images = dict(zip(figures, coming, strict=True))
    alts = {key: plot.alt for key, plot in figures.items()}
    svgs = {key: inline(images[key]["svg"], key, alt) for key, alt in alts.items()}
    files: dict[str, str | bytes] = {
        "report.html": to_html(data, parts, said, svgs),
        "report.md": to_markdown(data, parts, said, alts),
        "report.tex": to_latex(data, parts, said),
        **csv_files(data),
    }
    for key, made in images.items():
        files |= {f"figures/{key}.{kind}": made[kind] for kind in kinds}
    return _write(files, out)


def _make(out: Path) -> None:
    """Before the figures are drawn: a folder that cannot be made is told at once."""
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
            _replace(out / name, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise _unwritable(out, error) from None
    return written


def _replace(file: Path, content: bytes) -> None:
    """Whole or not at all."""
    aside = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        aside.write_bytes(content)
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
