"""Skill as a share of the best constant's error, and what happens where that makes none."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coldbench.errors import StoreError
from coldbench.league import LeagueOver, frames_of
from coldbench.league.several import gathering
from coldbench.league.several.chapters.caveats import caveats
from coldbench.league.several.chapters.overall import OverallChapter
from coldbench.league.several.front import LeagueFront
from coldbench.league.several.gathering import Member, gathered
from coldbench.league.several.measure import NO_ERROR, skill_of
from coldbench.league.site.places import places_of
from coldbench.report.study import ReportData, build
from coldbench.study import Study

Changed = Callable[[Study], ReportData]
MAE = {"0": 0.6, "1": 0.8, "2": 0.9}


@pytest.mark.parametrize("unit", [1.0, 1e-9])
def test_skill_knows_no_unit(unit: float) -> None:
    values = {"1": 0.4 * unit, "2": 0.45 * unit, "3": 1.0}
    constant = {seed: value * unit for seed, value in MAE.items()}
    assert skill_of(values, constant) == pytest.approx({"1": 0.5, "2": 0.5})


@pytest.mark.parametrize("least", [0.0, 1e-9])
def test_a_constant_that_makes_no_error_at_a_seed_measures_nothing(least: float) -> None:
    assert skill_of(MAE, {**MAE, "1": least}) == {}
    assert skill_of(MAE, dict.fromkeys(MAE, 0.0)) == skill_of(MAE, {}) == {}


def without_error(*scenarios: str, of: str = "") -> Changed:
    """Opens a study; the constant's errors are 0 in `scenarios`, on data set `of` or on all."""

    def opened(study: Study) -> ReportData:
        data = build(study)
        flat = {
            key: dict.fromkeys(runs, 0.0)
            for key, runs in data.main.items()
            if key[0] == "global-median" and key[1] in scenarios and of in study.path.name
        }
        vars(data)["main"] = {**data.main, **flat}
        return data

    return opened


def studies(folder: Path) -> list[Study]:
    return [Study.open(folder / name) for name in ("books", "films", "goods")]


def test_a_data_set_without_an_error_to_remove_does_not_count_and_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "build", without_error("W-W", of="books"))
    league = LeagueOver(gathered(studies(folder)))
    assert (league.places("W-W"), len(league.places("C-C"))) == (("films", "goods"), 3)
    assert league.skills["books", "W-W", "mf"].why == NO_ERROR
    assert league.skills["books", "W-W", "mf"].mae is not None
    first = league.overall["W-W"][0]
    assert (first.learner, first.of, first.skill.n, first.missing) == ("mf", 2, 2, ())
    assert "over two data sets" in " ".join(LeagueFront(league).answer)
    notes = " ".join(caveats(OverallChapter(league)))
    assert "In W-W of books the best constant makes no error" in notes
    frame = frames_of(league)["skills"].set_index(["data_set", "scenario", "learner"])
    assert frame.loc[("books", "W-W", "mf"), "why"] == NO_ERROR


def test_a_scenario_without_any_error_to_remove_is_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "build", without_error("W-W"))
    assert LeagueOver(gathered(studies(folder))).scenarios == ("C-C",)
    monkeypatch.setattr(gathering, "build", without_error("W-W", "C-C"))
    with pytest.raises(StoreError, match="makes no error on books, films and goods"):
        gathered(studies(folder))


def test_a_page_of_the_site_has_no_skill_there_either(folder: Path) -> None:
    data = without_error("W-W")(Study.open(folder / "books"))
    places = {one.scenario: one for one in places_of(data, "books") if one.learner == "mf"}
    assert places["W-W"].skill is None
    assert places["C-C"].skill is not None
    member = Member("books", data)
    assert not gathering.measured(member, "W-W")
