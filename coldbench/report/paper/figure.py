"""One figure of a report as a file."""

from collections.abc import Sequence
from pathlib import Path

from coldbench.errors import StoreError, unknown
from coldbench.report.document import Document
from coldbench.report.drawing.draw import drawn
from coldbench.report.study import build
from coldbench.report.write import KINDS
from coldbench.study import Study

__all__ = ["write_figure"]


def write_figure(
    study: Study, key: str, kind: str = "pdf", out: Path | None = None, focus: Sequence[str] = ()
) -> Path:
    """Into the file `out`, or a file called after the figure in the folder `out` (default: here).

    Raises UsageError, with the nearest name, for a figure that the report does not have.
    """
    if kind not in KINDS:
        raise unknown("kind of figures", kind, KINDS)
    figures = build(study, focus).of(Document).figures
    if key not in figures:
        raise unknown("figure", key, figures)
    file = out if out is not None and out.suffix else (out or Path()) / f"{key}.{kind}"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(drawn(figures[key], (kind,))[kind])
    except OSError as error:
        raise StoreError(f"cannot write {file}: {error.strerror or error}") from None
    return file
