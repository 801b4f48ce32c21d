"""report.md: the same content as Markdown; names are text whatever they hold."""

import re
from collections.abc import Mapping, Sequence

from coldbench.report.study import ReportData
from coldbench.report.topics.league import lead, title
from coldbench.report.verdicts import Saying
from coldbench.text import Cell, Section, Table, spans

__all__ = ["escape", "table_to_markdown", "to_markdown"]

SPECIAL = re.compile(r"([\\`*_\[\]|~$#!@])")


def to_markdown(
    data: ReportData,
    sections: Sequence[Section],
    said: Sequence[Saying],
    alts: Mapping[str, str],
) -> str:
    """alts: alternative texts of the figures by key; big tables are left to the CSV files."""
    lines = [f"# {escape(title(data))}", "", lead(data), ""]
    for section in sections:
        lines += [f"## {escape(section.title)}", "", _coded(section.how), ""]
        lines += [line for note in section.notes for line in (_coded(note), "")]
        lines += _figures(section, alts)
        for table in section.tables:
            lines += _table(table)
        for what, text in section.code:
            lines += [f"{escape(what)}:", "", *(f"    {line}" for line in text.splitlines()), ""]
        if section.key == "league":
            lines += ["### In words", "", *(_saying(saying) for saying in said), ""]
    return "\n".join(lines).rstrip() + "\n"


def escape(text: str) -> str:
    """Text that Markdown and the HTML behind it show as it is."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return SPECIAL.sub(r"\\\1", text).replace("://", ":&#47;&#47;").replace("www.", "www&#46;")


def _coded(text: str) -> str:
    return "".join(f"`{part}`" if is_code else escape(part) for is_code, part in spans(text))


def _saying(saying: Saying) -> str:
    topic = f"**{escape(saying.topic)}**: " if saying.topic else ""
    return f"- {topic}{escape(saying.text)}"


def _figures(section: Section, alts: Mapping[str, str]) -> list[str]:
    lines = []
    for key in section.figures:
        if key in alts:
            lines += [f"![{escape(alts[key])}](figures/{key}.svg)", ""]
    return lines


def _table(table: Table) -> list[str]:
    heading = [f"**{escape(table.title)}**", ""] if table.key != "main" else []
    if table.big:
        return [*heading, f"{len(table.rows)} rows: see the page or the CSV files.", ""]
    return [*heading, table_to_markdown(table), ""]


def table_to_markdown(table: Table) -> str:
    """A pipe table, without a line feed at the end."""
    heads = " | ".join(escape(column.title) for column in table.columns)
    rules = " | ".join("---:" if column.numeric else "---" for column in table.columns)
    rows = [" | ".join(_cell(cell) for cell in row) for row in table.rows]
    return "\n".join(f"| {line} |" for line in (heads, rules, *rows))


def _cell(cell: Cell) -> str:
    text = escape(cell.text)
    text = f"**{text}**" if cell.mark in ("best", "tied") and text else text
    mark = {"best": "◆ ", "tied": "● "}.get(cell.mark, "")
    return f"{mark}{text} {escape(cell.note)}".strip()
