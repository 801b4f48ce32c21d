"""Running text with citations, written for people, for LaTeX or for Pandoc's Markdown."""

import string
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from coldbench.errors import unknown
from coldbench.report.formats import latex, markdown
from coldbench.report.references import Reference

__all__ = ["Cited", "Prose", "cited", "written_as"]


@dataclass(frozen=True, slots=True)
class Cited:
    """References in one pair of brackets."""

    references: tuple[Reference, ...]


Prose = Sequence[str | Cited]


def cited(references: Iterable[Reference]) -> list[Cited]:
    """As part of a text, nothing where there is none."""
    found = tuple(references)
    return [Cited(found)] if found else []


def written_as(prose: Prose, form: str) -> str:
    """One paragraph, ending with a line feed; raises UsageError for an unknown form."""
    if form not in FORMS:
        raise unknown("format", form, FORMS)
    return FORMS[form](prose) + "\n"


def _text(prose: Prose) -> str:
    """Author and year; two references that would look the same get letters."""
    shorts = _shorts(prose)
    return "".join(
        part if isinstance(part, str) else f" ({'; '.join(shorts[r.key] for r in part.references)})"
        for part in prose
    )


def _shorts(prose: Prose) -> dict[str, str]:
    every = {r.key: r for part in prose if isinstance(part, Cited) for r in part.references}
    alike: dict[str, list[str]] = {}
    for key, one in every.items():
        alike.setdefault(one.short, []).append(key)
    return {
        key: short + (letter if len(keys) > 1 else "")
        for short, keys in alike.items()
        for key, letter in zip(keys, string.ascii_lowercase, strict=False)
    }


def _latex(prose: Prose) -> str:
    return "".join(
        latex.escape(part)
        if isinstance(part, str)
        else rf"~\cite{{{','.join(r.key for r in part.references)}}}"
        for part in prose
    )


def _markdown(prose: Prose) -> str:
    return "".join(
        markdown.escape(part)
        if isinstance(part, str)
        else f" [{'; '.join(f'@{r.key}' for r in part.references)}]"
        for part in prose
    )


FORMS: dict[str, Callable[[Prose], str]] = {"text": _text, "latex": _latex, "markdown": _markdown}
