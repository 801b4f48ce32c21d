"""report.html: one file that asks for nothing, under a policy that forbids it to.

The first screen stands open; every other part is folded. On a heavy page the parts are packed into
one block of data, which a small script unpacks when one is opened.
"""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from coldbench.report.formats.rows import rows_to_html
from coldbench.report.formats.terms import meaning
from coldbench.report.page import Page
from coldbench.report.topic import Sentence
from coldbench.text import Section, Table, spans

__all__ = ["environment", "policy", "table_to_html", "to_html"]

TEMPLATES = Path(__file__).parent / "templates"
LIGHT = 1_000_000  # characters of parts that a page holds as they are
WORDS = "Every verdict in words, by scenario."


@dataclass(frozen=True, slots=True)
class Part:
    """A folded part of the page; holds: what is in it, in a line."""

    key: str
    title: str
    holds: str
    body: Markup


def to_html(document: Page, svgs: Mapping[str, str], links: Sequence[tuple[str, str]] = ()) -> str:
    """svgs: by key, made by `coldbench.report.drawing.svg.inline`; links: (text, address) of the
    pages that this one is among."""
    style, script = (_asset(name) for name in ("report.css", "report.js"))
    front = document.front
    shared = {
        "title": document.title,
        "lead": document.lead,
        "links": links,
        "answer": front.answer,
        "top": front.top,
        "front": front.plot.key if front.plot else "",
        "policy": policy(style, script),
        "style": Markup(style),
        "script": Markup(script),
        "scenarios": document.scenarios,
        "tall": front.tall,
        "marked": front.marked,
        "warnings": [one for one in document.sentences if one.kind == "warning"],
        "cards": _cards(document.sentences),
        "svgs": {key: Markup(svg) for key, svg in svgs.items()},
    }
    page = environment().get_template("report.html").make_module(shared)
    parts = list(_parts(page, document.sections, bool(shared["cards"])))
    heavy = sum(len(part.body) for part in parts) > LIGHT
    return str(page.page(parts, _packed(parts) if heavy else "")).strip() + "\n"  # type: ignore[attr-defined]


def table_to_html(table: Table) -> str:
    """One table, without the page around it."""
    macros = environment().get_template("table.html").module
    return str(macros.table(table)).strip() + "\n"  # type: ignore[attr-defined]


def _parts(page: Any, sections: Sequence[Section], worded: bool) -> list[Part]:
    """The verdicts stand behind the league."""
    first, *others = (_part(section, page.body(section)) for section in sections)
    words = [Part("verdicts", "In words", WORDS, page.words())] if worded else []
    return [first, *words, *others]


def _part(section: Section, body: Markup) -> Part:
    holds, stop, _ = section.how.partition(". ")
    return Part(section.key, section.title, f"{holds}{'.' if stop else ''}", body)


def _packed(parts: Sequence[Part]) -> str:
    """The bodies by key: JSON, compressed, as text."""
    text = json.dumps({part.key: part.body for part in parts}, ensure_ascii=False)
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def _cards(sentences: Sequence[Sentence]) -> list[tuple[str, list[Sentence]]]:
    """Sentences by subject, in order."""
    cards: dict[str, list[Sentence]] = {}
    for sentence in sentences:
        if sentence.kind != "warning":
            cards.setdefault(sentence.subject, []).append(sentence)
    return list(cards.items())


def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8")


def policy(style: str, script: str) -> str:
    """Nothing is allowed but this style, this script, and images that are data."""
    return (
        f"default-src 'none'; style-src 'sha256-{_hash(style)}'; "
        f"script-src 'sha256-{_hash(script)}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def environment() -> Environment:
    """Where templates live; everything that they are given is escaped."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["coded"] = _coded
    made.filters["meaning"] = meaning
    made.filters["rows"] = rows_to_html
    made.filters["unbroken"] = _unbroken
    return made


def _unbroken(text: str) -> Markup:
    """The text, escaped; no scenario's name is cut at its hyphen."""
    whole = r'<span class="whole">\g<0></span>'
    return Markup(re.sub(r"\b[WC]-[WC]\b", whole, str(escape(text))))


def _coded(text: str) -> Markup:
    """The text, escaped, with `code` marked as such."""
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(part) if is_code else part for is_code, part in spans(text))
