"""Pages as tests read them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "input", "br", "img"}


@dataclass
class Table:
    """Heads and rows, each cell as its main text."""

    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


class Page(HTMLParser):
    """tags, attributes, text, tables; stray: end tags without their start, and the reverse."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.stray: list[str] = []
        self.tables: list[Table] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(path.read_text("utf-8"))
        self.stray += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self.tables.append(Table())
        if tag == "tr" and "tbody" in self._open:
            self.tables[-1].rows.append([])
        if tag in ("td", "th") and "tbody" in self._open:
            self.tables[-1].rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()
        else:
            self.stray.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if "tbody" in self._open and "small" not in self._open and "i" not in self._open:
            if {"td", "th"} & set(self._open):
                self.tables[-1].rows[-1][-1] += data
        elif "thead" in self._open and "th" in self._open:
            self.tables[-1].heads.append(data)

    @property
    def links(self) -> list[str]:
        return [value for name, value in self.attributes if name in ("href", "src")]

    @property
    def ids(self) -> set[str]:
        return {value for name, value in self.attributes if name == "id"}
