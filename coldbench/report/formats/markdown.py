"""report.md: the same content as Markdown; names are text whatever they hold."""

import re
from collections.abc import Mapping

from coldbench.report.page import Page
from coldbench.report.topic import Sentence
from coldbench.text import Cell, Section, Table, spans

__all__ = ["captioned", "escape", "table_to_markdown", "to_markdown"]

SPECIAL = re.compile(r"([\\`*_\[\]|~$#!@])")


def to_markdown(document: Page, figures: bool = True) -> str:
    """Big tables are left to the CSV files; the sentences stand behind the first section.

    figures: whether their files lie beside this one.
    """
    alts = {key: plot.alt for key, plot in document.figures.items()} if figures else {}
    first, *others = document.sections
    lines = [
        f"# {escape(document.title)}",
        "",
        document.lead,
        "",
        *(line for text in document.front.answer for line in (escape(text), "")),
        *_section(first, alts, bare=True),
    ]
    lines += ["### In words", "", *map(_sentence, document.sentences), ""]
    lines += [line for section in others for line in _section(section, alts)]
    return "\n".join(lines).rstrip() + "\n"


def _section(section: Section, alts: Mapping[str, str], bare: bool = False) -> list[str]:
    """bare: no headings of tables."""
    lines = [f"## {escape(section.title)}", "", _coded(section.how), ""]
    lines += [line for note in section.notes for line in (_coded(note), "")]
    lines += _figures(section, alts)
    for table in section.tables:
        lines += _table(table, bare)
    for what, text in section.code:
        lines += [f"{escape(what)}:", "", *(f"    {line}" for line in text.splitlines()), ""]
    return lines


def escape(text: str) -> str:
    """Text that Markdown and the HTML behind it show as it is."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return SPECIAL.sub(r"\\\1", text).replace("://", ":&#47;&#47;").replace("www.", "www&#46;")


def _coded(text: str) -> str:
    return "".join(f"`{part}`" if is_code else escape(part) for is_code, part in spans(text))


def _sentence(sentence: Sentence) -> str:
    subject = f"**{escape(sentence.subject)}**: " if sentence.subject else ""
    return f"- {subject}{escape(sentence.text)}"


def _figures(section: Section, alts: Mapping[str, str]) -> list[str]:
    lines = (
        (f"![{escape(alts[key])}](figures/{key}.svg)", "") for key in section.figures if key in alts
    )
    return [line for pair in lines for line in pair]


def _table(table: Table, bare: bool) -> list[str]:
    heading = [] if bare else [f"**{escape(table.title)}**", ""]
    if table.big:
        return [*heading, f"{len(table.rows)} rows: see the page or the CSV files.", ""]
    return [*heading, table_to_markdown(table), ""]


def table_to_markdown(table: Table) -> str:
    """A pipe table, without a line feed at the end."""
    heads = " | ".join(map(escape, table.headings))
    rules = " | ".join("---:" if column.numeric else "---" for column in table.columns)
    rows = [" | ".join(_cell(cell) for cell in row) for row in table.rows]
    return "\n".join(f"| {line} |" for line in (heads, rules, *rows))


def captioned(table: Table) -> str:
    """A pipe table below its title and caption."""
    title = f"**{escape(table.title)}.** {_coded(table.caption)}"
    return f"{title.strip()}\n\n{table_to_markdown(table)}\n"


def _cell(cell: Cell) -> str:
    text = escape(cell.text)
    text = f"**{text}**" if cell.mark in ("best", "contender", "bold") and text else text
    mark = {"best": "◆ ", "contender": "● ", "unsettled": "○ "}.get(cell.mark, "")
    return f"{mark}{text} {escape(cell.note)}".strip()
