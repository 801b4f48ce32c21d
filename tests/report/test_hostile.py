"""A stranger's name is text in every format."""

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from coldbench.report.formats import latex, markdown
from coldbench.text.csv import to_csv
from coldbench.text.names import LONGEST, display_name, plain
from tests.report.conftest import HOSTILE

PAGE = (
    "a abbr article b body caption code details div figure footer h1 h2 h3 head header html i "
    "input label li main meta nav output p pre script section small span style summary table tbody "
    "td th thead title tr ul noscript"
)
FIGURE = "svg g defs use clippath text rect circle polygon line path pattern tspan"
ALLOWED = set(re.split(" ", f"{PAGE} {FIGURE}"))


class Parsed(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(path: Path) -> Parsed:
    parser = Parsed()
    parser.feed(path.read_text("utf-8"))
    return parser


def test_html_has_no_element_or_attribute_of_a_name(hostile: dict[str, Path]) -> None:
    page = parsed(hostile["report.html"])
    assert set(page.tags) <= ALLOWED
    assert page.tags.count("script") == page.tags.count("style") == 1, "no block on a light page"
    names = {name for name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on")}
    assert "style" not in names, "the policy forbids inline style"
    assert "<script>alert(1)</script>" in "".join(page.text)


def test_html_asks_for_nothing(report: dict[str, Path]) -> None:
    page = parsed(report["report.html"])
    links = [value for name, value in page.attributes if name in ("href", "src", "xlink:href")]
    assert links
    assert all(link.startswith("#") for link in links)
    assert not {"img", "link", "iframe"} & set(page.tags)
    policy = next(value for _, value in page.attributes if value.startswith("default-src"))
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_links_and_ids_of_the_page_agree(report: dict[str, Path]) -> None:
    page = parsed(report["report.html"])
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    wanted = {value[1:] for name, value in page.attributes if name == "href"}
    assert wanted <= set(ids)


def test_every_figure_has_alternative_text(report: dict[str, Path]) -> None:
    text = report["report.html"].read_text()
    figures = re.findall(r"<svg[^>]*>", text)
    assert figures
    assert all('role="img"' in tag and 'aria-label="' in tag for tag in figures)
    assert "#0072b2" not in text[text.index("<svg") :], "colours follow the page's scheme"


def test_csv_cells_are_never_formulas(hostile: dict[str, Path]) -> None:
    for name in ("summary.csv", "runs.csv", "costs.csv", "pairs.csv"):
        with hostile[name].open(newline="", encoding="utf-8") as file:
            for line in csv.reader(file):
                for cell in line:
                    number = re.fullmatch(r"-?[\d.]+(e-?\d+)?", cell)
                    assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", ["=1", "+1", "-x", "@a", "\t=1", "\r=1", "＝1"])
def test_formulas_become_text(text: str) -> None:
    found = list(csv.reader(io.StringIO(to_csv(["x"], [[text]]), newline="")))
    assert found == [["x"], ["'" + text.replace("\r", "\n")]]


def test_csv_keeps_numbers_exact() -> None:
    assert to_csv(["x"], [[0.1 + 0.2], [-1.5], [float("nan")], [None], [3]]) == (
        "x\n0.30000000000000004\n-1.5\n\n\n3\n".replace("\n\n\n", '\n""\n""\n')
    )


def test_markdown_and_latex_hold_no_live_name(hostile: dict[str, Path]) -> None:
    lines = hostile["report.md"].read_text().splitlines()
    told = "\n".join(line for line in lines if not line.startswith("    "))  # code is literal
    assert "<script" not in told
    assert "<img" not in told
    assert not re.search(r"(?<!\\)\]\((?!figures/)", told), "a link"
    assert "http://" not in told, "a link that GitHub makes by itself"
    assert "\x1b" not in told
    source = hostile["report.tex"].read_text()
    assert "\\input" not in source
    assert source.isascii() or "�" not in source
    assert "\\textbackslash{}input\\{x\\}" in source


def test_latex_text_ends_no_row_and_makes_no_dash() -> None:
    assert latex.escape("a--b---c") == "a-{}-b-{}-{}-c"
    assert latex.escape("50 % of_é日") == "50 \\% of\\_e?"


def test_markdown_escapes() -> None:
    assert markdown.escape("a|b*c_<d>&`") == "a\\|b\\*c\\_&lt;d&gt;&amp;\\`"


def test_names_are_short_printable_and_distinct() -> None:
    shown = [display_name(name) for name in HOSTILE]
    assert all(len(name) <= LONGEST and name.isprintable() for name in shown)
    assert display_name("A" * 10_000) != display_name("A" * 9_999)
    assert plain("a\nb\x1b") == "a b\ufffd"
