"""report.tex: booktabs tables and the verdicts; no name can become a command."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from coldbench.report.page import Page
from coldbench.report.topic import Sentence
from coldbench.text import Cell, Column, Section, Table, spans

__all__ = ["escape", "table_to_latex", "to_latex"]

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "''",
    "−": "$-$",
    "±": r"$\pm$",
    "…": r"\ldots{}",
    "·": r"\textperiodcentered{}",
    "×": r"$\times$",
    "●": r"$^{\bullet}$",
    "○": r"$^{\circ}$",
    "‡": r"$^{\ddagger}$",
    "–": r"\textendash{}",
}
MARKS = {
    "best": r"\textbf{%s}$^\star$",
    "contender": r"\textbf{%s}",
    "bold": r"\textbf{%s}",
    "reference": r"\textit{%s}",
}
WIDE = 6  # columns that one column of a paper has room for
MOST = 9  # columns that a page has room for
HEAD = r"""\documentclass[11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage{booktabs}
\usepackage{graphicx}
\usepackage[margin=2cm]{geometry}
\begin{document}
"""


def to_latex(document: Page) -> str:
    """A document that compiles; tables that are too long for paper are left to the CSV files, and
    the sentences stand behind the first section."""
    first, *others = document.sections
    lines = [HEAD, rf"\section*{{{escape(document.title)}}}", escape(document.lead), ""]
    lines += [line for text in document.front.answer for line in (escape(text), "")]
    lines += [*_section(first), r"\begin{itemize}", *map(_sentence, document.sentences)]
    lines += [r"\end{itemize}", *(line for section in others for line in _section(section))]
    return "\n".join([*lines, r"\end{document}", ""])


def _section(section: Section) -> list[str]:
    """Nothing where it has no table for paper."""
    tables = [table for table in section.tables if not table.big]
    if not tables or not section.paper:
        return []
    lines = [rf"\section*{{{escape(section.title)}}}", _coded(section.how), ""]
    lines += [line for note in section.notes for line in (_coded(note), "")]
    return lines + [table_to_latex(table) for table in tables]


def table_to_latex(table: Table) -> str:
    """A `table` environment, across both columns of a page where it is wide and has a caption;
    needs the packages booktabs and graphicx."""
    wide = bool(table.caption) and len(table.columns) > WIDE
    environment = "table*" if wide else "table"
    parts = [_tabular(part) for part in _parts(table)]
    caption = f"{_coded(table.title)}. {_coded(table.caption)}" if table.caption else ""
    return "\n".join(
        [
            r"% needs \usepackage{booktabs,graphicx}",
            rf"\begin{{{environment}}}[htbp]",
            r"\centering",
            r"\footnotesize",
            r"\setlength{\tabcolsep}{3pt}",
            r"\setlength{\belowcaptionskip}{4pt}",
            rf"\caption{{{caption or escape(table.title)}}}",
            rf"\label{{tab:{''.join(c for c in table.key if c.isalnum())}}}",
            "\n\\par\\medskip\n".join(parts),
            rf"\end{{{environment}}}",
            "",
        ]
    )


def _parts(table: Table) -> list[Table]:
    """The table, or parts of it that a page has room for: some of its groups each, below each
    other, behind its first group."""
    if len(table.columns) <= MOST or len(table.groups) < 3:
        return [table]
    (_, head), *others = table.groups
    parts: list[list[tuple[int, tuple[str, int]]]] = [[]]
    first = head
    for group in others:
        if parts[-1] and head + sum(n for _, (_, n) in parts[-1]) + group[1] > MOST:
            parts.append([])
        parts[-1].append((first, group))
        first += group[1]
    return [_part(table, head, part) for part in parts]


def _part(table: Table, head: int, part: Sequence[tuple[int, tuple[str, int]]]) -> Table:
    """Only these groups, each with the place of its first column, behind the `head` columns."""
    places = [*range(head), *(k for first, (_, n) in part for k in range(first, first + n))]
    groups = (table.groups[0], *(group for _, group in part))
    columns = tuple(table.columns[k] for k in places)
    rows = tuple(tuple(row[k] for k in places) for row in table.rows)
    return replace(table, columns=columns, rows=rows, groups=groups)


def _tabular(table: Table) -> str:
    """As wide as it is, or as the text where it is wider."""
    columns = _columns(table)
    heads = " & ".join(_head(column, bool(table.caption)) for column in table.columns)
    rows = [_row(row) for row in _ruled(table)]
    bodies = [r"\midrule" if row == r" \\" else row for row in rows]
    return "\n".join(
        [
            r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
            rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}",
            r"\toprule",
            *_groups(table),
            heads + r" \\",
            r"\midrule",
            *bodies,
            r"\bottomrule",
            r"\end{tabular}}",
        ]
    )


def _columns(table: Table) -> str:
    """Of the `tabular`, with some space between groups."""
    columns = ["r" if column.numeric else "l" for column in table.columns]
    first = 0
    for _, count in table.groups[:-1]:
        first += count
        columns[first] = "@{\\hspace{9pt}}" + columns[first]
    return "".join(columns)


def _head(column: Column, centred: bool) -> str:
    title = escape(column.title)
    return rf"\multicolumn{{1}}{{c}}{{{title}}}" if centred and column.numeric else title


def _groups(table: Table) -> list[str]:
    """Headings above several columns, each with its rule; nothing where there is none."""
    if not table.groups:
        return []
    heads, rules, first = [], [], 1
    for title, count in table.groups:
        heads.append(rf"\multicolumn{{{count}}}{{c}}{{{escape(title)}}}" if title else "")
        rules += [rf"\cmidrule(lr){{{first}-{first + count - 1}}}"] if title else []
        first += count
    return [" & ".join(heads) + r" \\", " ".join(rules)]


def _ruled(table: Table) -> list[tuple[Cell, ...]]:
    """The rows, with an empty one where the reference rows begin."""
    rows: list[tuple[Cell, ...]] = []
    for row in table.rows:
        if row[0].mark == "reference" and rows and rows[-1] and rows[-1][0].mark != "reference":
            rows.append(())
        rows.append(row)
    return rows


def escape(text: str) -> str:
    """Text as LaTeX that prints it; letters beyond ASCII lose their accents or become `?`."""
    escaped = "".join(SPECIAL.get(char) or _ascii(char) for char in text)
    return re.sub("-(?=-)", "-{}", escaped)


def _ascii(char: str) -> str:
    if char.isascii():
        return char if char.isprintable() else " "
    bare = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode()
    return "".join(SPECIAL.get(one, one) for one in bare) or "?"


def _coded(text: str) -> str:
    return "".join(
        rf"\texttt{{{escape(part)}}}" if is_code else escape(part) for is_code, part in spans(text)
    )


def _sentence(sentence: Sentence) -> str:
    subject = rf"\textbf{{{escape(sentence.subject)}}}: " if sentence.subject else ""
    return rf"\item {subject}{escape(sentence.text)}"


def _row(row: Sequence[Cell]) -> str:
    r"""A `[` or `*` at its start would belong to the `\\` of the row before."""
    text = " & ".join(_cell(cell) for cell in row) + r" \\"
    return "{}" + text if text.startswith(("[", "*")) else text


def _cell(cell: Cell) -> str:
    text = escape(cell.text)
    text = MARKS[cell.mark] % text if cell.mark in MARKS and text else text
    note = rf" {{\scriptsize {escape(cell.note)}}}" if cell.note else ""
    return f"{text}{note}"
