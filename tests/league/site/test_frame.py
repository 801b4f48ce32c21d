"""The menu of a site."""

import pytest

from coldbench.league import Frame
from coldbench.league.site.frame import PAGES


@pytest.mark.parametrize(
    ("docs", "more"), [("", []), ("docs/", [("Documentation", "../docs/index.html")])]
)
def test_the_menu_has_every_page_and_the_documentation_where_there_is_one(
    docs: str, more: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PAGES, "more.html", "More")
    found = Frame(docs).links("../")
    assert found == [*((text, f"../{page}") for page, text in PAGES.items()), *more]
