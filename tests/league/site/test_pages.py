"""Every page of a site: well formed, linked, closed to the outside."""

import re
from pathlib import Path

import pytest

from coldbench.league.site.slugs import slug
from tests.league.site.conftest import HOSTILE
from tests.league.site.pages import Page

KINDS = ("index", "league", "datasets", "learners", "claims", "entries", "changes")


@pytest.fixture(scope="module")
def pages(site: Path) -> list[Page]:
    return [Page(path) for path in sorted(site.rglob("*.html"))]


def test_there_is_a_page_of_each_kind(site: Path) -> None:
    assert {path.stem for path in site.glob("*.html")} == set(KINDS)
    for folder in ("datasets", "learners", "claims"):
        assert list((site / folder).glob("*.html")), folder
    assert (site / "reports" / "reference-ml-1m-2edd6d" / "report.html").exists() or [
        path for path in (site / "reports").iterdir() if path.name.startswith("reference-ml-1m")
    ]


def test_pages_are_well_formed_and_have_one_title(pages: list[Page]) -> None:
    for page in pages:
        assert not page.stray, (page.path, page.stray)
        assert page.tags.count("h1") == page.tags.count("title") == 1 or "svg" in page.tags
        assert len(page.ids) == len([n for n, _ in page.attributes if n == "id"]), page.path


@pytest.mark.thorough
def test_every_link_leads_to_a_file_or_a_place_of_the_page(pages: list[Page]) -> None:
    for page in pages:
        assert page.links
        for link in page.links:
            if link.startswith(("https://", "data:")):
                continue
            place, _, name = link.partition("#")
            target = (page.path.parent / place).resolve() if place else page.path
            assert target.is_file(), (page.path, link)
            if name:
                assert name in Page(target).ids, (page.path, link)


def test_nothing_is_fetched_and_the_policy_forbids_it(pages: list[Page]) -> None:
    for page in pages:
        (policy,) = [value for _, value in page.attributes if value.startswith("default-src")]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert not {"img", "iframe", "object", "embed"} & set(page.tags), page.path
        names = {name for name, _ in page.attributes}
        assert not {name for name in names if name == "style" or name.startswith("on")}


def test_names_that_strangers_chose_are_text(pages: list[Page]) -> None:
    shown = 0
    for page in pages:
        raw = page.path.read_text("utf-8")
        assert "<script>alert" not in raw, page.path
        assert '<b>"data"' not in raw, page.path
        shown += HOSTILE in "".join(page.text)
    assert shown >= 4, "the league, its own page, its data sets"


def test_pages_are_small(pages: list[Page]) -> None:
    for page in pages:
        if "reports" not in page.path.parts:
            assert page.path.stat().st_size < 300_000, page.path


@pytest.mark.parametrize("name", ["melu", "a" * 500, "A", "..", "con/../x", "é", "", HOSTILE])
def test_slugs_are_names_of_files(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]{1,56}", slug(name))


def test_slugs_tell_names_apart() -> None:
    assert len({slug(name) for name in ("a b", "a-b", "A-B", "a_b", "a  b")}) == 5


def test_two_names_never_share_a_page() -> None:
    assert slug("MF") != slug(slug("MF"))
