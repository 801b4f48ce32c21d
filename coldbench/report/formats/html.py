"""report.html: one file that asks for nothing, under a policy that forbids it to."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from coldbench.report.document import Document
from coldbench.report.topic import Sentence
from coldbench.text import Table, spans

__all__ = ["to_html"]

TEMPLATES = Path(__file__).parent / "templates"


def to_html(document: Document, svgs: Mapping[str, str]) -> str:
    """svgs: by key, made by `coldbench.report.drawing.svg.inline`."""
    style, script = (_asset(name) for name in ("report.css", "report.js"))
    page = _environment().get_template("report.html")
    return page.render(
        title=document.title,
        lead=document.lead,
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        sections=document.sections,
        scenarios=document.data.scenarios,
        warnings=[one for one in document.sentences if one.kind == "warning"],
        cards=_cards(document.sentences),
        svgs={key: Markup(svg) for key, svg in svgs.items()},
    )


def table_to_html(table: Table) -> str:
    """One table, without the page around it."""
    macros = _environment().get_template("table.html").module
    return str(macros.table(table)).strip() + "\n"  # type: ignore[attr-defined]


def _cards(sentences: Sequence[Sentence]) -> list[tuple[str, list[Sentence]]]:
    """Sentences by subject, in order."""
    cards: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        if sentence.kind != "warning":
            cards.setdefault(sentence.subject, []).append(sentence)
    return list(cards.items())


def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing is allowed but this style, this script, and images that are data."""
    return (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}'; "
        f"script-src 'sha256-{_hash(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["coded"] = _coded
    return environment


def _coded(text: str) -> Markup:
    """The text, escaped, with `code` marked as such."""
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(part) if is_code else part for is_code, part in spans(text))
