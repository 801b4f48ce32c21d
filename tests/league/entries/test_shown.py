"""Entries on the site: what they say, and with which mark."""

import shutil
from pathlib import Path

from coldbench.errors import StoreError
from coldbench.league.entries.marks import CHECKS, Check, Review, read_review, write_review
from coldbench.league.entries.received import receive
from coldbench.league.site.entrants import Entrant, entrants, find_entries
from coldbench.league.site.files import Files
from coldbench.league.site.frame import Frame
from coldbench.league.site.pages.entries import add_entries
from coldbench.league.site.sources import find_sources

MEASURED = [{"scenario": "W-W", "reach": 0.05}, {"scenario": "W-W", "reach": 0.4}]
PASSED = tuple(Check(name=name, passed=True, said="", measured=MEASURED) for name in CHECKS)


def shown(folder: Path, spare: Path) -> Entrant:
    (one,) = entrants(find_entries([folder]), spare)
    assert isinstance(one, Entrant)
    return one


def test_a_mark_is_that_of_the_review_of_this_entry(entry: Path, tmp_path: Path) -> None:
    assert shown(entry, tmp_path / "a").mark == "claimed", "nobody reviewed it"
    seal = receive(entry, tmp_path / "copy").sha256
    review = Review(entry=seal, checks=PASSED, reviewed="2026-11-27T10:00:00+00:00")
    write_review(entry, review)
    marked = shown(entry, tmp_path / "b")
    assert (marked.mark, marked.reviewed) == ("fresh seeds passed", "2026-11-27")
    write_review(entry, review.model_copy(update={"entry": "0" * 64}))
    assert shown(entry, tmp_path / "c").mark == "claimed", "the review was of another"


def test_a_review_without_its_checks_earns_nothing(entry: Path) -> None:
    seal = receive(entry, entry.parent / "copy").sha256
    for checks in ((), PASSED[1:], (*PASSED, PASSED[0])):
        write_review(entry, Review(entry=seal, checks=checks))
        found = read_review(entry)
        assert found is not None
        assert (found.mark, found.passed) == ("claimed", False)


def test_runs_that_spread_far_earn_no_mark_for_fresh_seeds() -> None:
    wide = [{"scenario": "C-C", "reach": 0.4}]
    last = Check(name=CHECKS[-1], passed=True, said="", measured=wide)
    for checks in ((*PASSED[:-1], last), (*PASSED[:-1], last.model_copy(update={"measured": []}))):
        assert Review(checks=checks).mark == "replayed"
    told = str(Review(checks=(*PASSED[:-1], last)))
    assert "its runs spread so far that means 40% worse would pass" in told


def test_an_entry_stands_beside_its_sentinel(entry: Path, tmp_path: Path) -> None:
    one = shown(entry.parent, tmp_path / "spare")
    assert {place.learner for place in one.places} == {"mine"}
    assert all(set(place.beside) == {"ridge"} for place in one.places)
    files = Files(Frame())
    add_entries(files, [one])
    page = files.texts["entries.html"]
    assert "Against tiny@1" in page
    assert "mine 1.0" in page
    assert "ridge" not in files.texts["entries-seeds.csv"]
    assert "tiny@1,mine,mine 1.0,claimed,," in files.texts["entries.csv"]


def test_an_entry_is_no_study_of_the_site(entry: Path, tmp_path: Path) -> None:
    shutil.copytree(entry, entry.parent / "another")
    assert len(find_entries([entry.parent])) == 2
    for path in (entry.parent, entry):
        assert find_sources([path], tmp_path / "spare") == []


def test_an_edited_entry_is_left_out_with_the_reason(entry: Path, tmp_path: Path) -> None:
    (entry / "card.md").write_text("the best of all")
    (why,) = entrants([entry], tmp_path / "spare")
    assert isinstance(why, StoreError)
    assert "card.md does not match its hash" in str(why)
    files = Files(Frame())
    add_entries(files, [])
    assert "None has been entered yet" in files.texts["entries.html"]
