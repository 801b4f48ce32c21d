"""Each kind of page in a browser, from a folder: wide and narrow, light and dark."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.league.site.browser import Browser, browser

pytestmark = pytest.mark.thorough
WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as made:
        yield made


def kinds(site: Path) -> list[Path]:
    """All main pages, two of each other kind, the league's report and one of a study."""
    folders = ("datasets", "learners", "claims")
    some = [page for name in folders for page in sorted((site / name).glob("*.html"))[:2]]
    reports = sorted((site / "reports").rglob("report.html"))[:2]
    return [*sorted(site.glob("*.html")), *some, *reports]


def test_no_page_says_or_asks_for_anything_or_is_too_wide(tab: Browser, site: Path) -> None:
    for page in kinds(site):
        for width in WIDTHS:
            for dark in (False, True):
                seen = tab.open(page.as_uri(), width, dark)
                place = (page.name, width, dark)
                inner = tab.ask("document.documentElement.scrollWidth")
                assert inner <= width, place
                assert tab.ask("document.documentElement.classList.contains('js')"), place
                assert seen.said == [], place
                assert [url for url in seen.asked if url not in (page.as_uri(), "data:,")] == []


def test_colours_follow_the_scheme(tab: Browser, site: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    colours = []
    for dark in (False, True):
        tab.open((site / "index.html").as_uri(), 1280, dark)
        colours.append(tab.ask(ground))
    assert colours == ["rgb(255, 255, 255)", "rgb(18, 22, 31)"]


def test_the_league_is_filtered_and_sorted(tab: Browser, site: Path) -> None:
    tab.open((site / "league.html").as_uri(), 390, False)
    shown = "[...document.querySelectorAll('[data-scenario]')].filter((one) => !one.hidden).length"
    assert tab.ask(shown) == 1, "the means first"
    set_to = "const f = document.querySelector('.filters'); f.elements.{}.value = {!r};"
    heard = "f.dispatchEvent(new Event('input', {bubbles: true}));"
    tab.ask("{" + set_to.format("scenario", "") + heard + "}")
    assert tab.ask(shown) == 3
    rows = "[...document.querySelectorAll('section:not([hidden]) tbody tr:not([hidden])')]"
    every = tab.ask(f"{rows}.length")
    tab.ask("{" + set_to.format("family", "maml") + heard + "}")
    assert 0 < tab.ask(f"{rows}.length") < every
    assert tab.ask(f"new Set({rows}.map((row) => [...row.cells].at(-1).textContent)).size") == 1
    tab.ask("{" + set_to.format("family", "") + heard + "}")
    tab.ask("document.querySelector('thead th.n button').click()")
    values = (
        "[...document.querySelector('tbody').rows].map((row) => Number(row.cells[1].dataset.sort))"
    )
    found = tab.ask(values)
    assert found == sorted(found, reverse=True)
    tab.ask("document.querySelector('thead th.n button').click()")
    assert tab.ask(values) == sorted(found)


def test_without_javascript_everything_is_there(tab: Browser, site: Path) -> None:
    tab.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        seen = tab.open((site / "league.html").as_uri(), 390, False)
    finally:
        tab.call("Emulation.setScriptExecutionDisabled", value=False)
    assert seen.said == []
    hidden = "[...document.querySelectorAll('section, tr')].filter((one) => one.hidden).length"
    assert tab.ask(hidden) == 0
    assert tab.ask("getComputedStyle(document.querySelector('.filters')).display") == "none"
