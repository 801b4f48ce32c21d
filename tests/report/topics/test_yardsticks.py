"""What beats the yardsticks is said in one line, and costs no other comparison its power."""

from pathlib import Path

import pytest

from coldbench.report import build, write_report
from coldbench.report.beaten import in_a_line
from coldbench.report.document import Document
from coldbench.report.recipe import recipe_of
from coldbench.report.study import ReportData
from coldbench.report.topics.yardsticks import Yardsticks
from coldbench.study.store import Study
from tests.report.fake import fake_study

LEVELS = {"good": 0.0, "fair": 0.1, "bias": 0.2, "poor": 0.3, "global-median": 0.4}


def study_of(path: Path, beside: tuple[str, ...], seeds: int = 6) -> Study:
    """Learners far apart; `beside` ran as yardsticks only."""
    levels = {
        (n, s): at + s / 1000 * (1 + len(n)) for n, at in LEVELS.items() for s in range(seeds)
    }
    study = fake_study(path, list(LEVELS), seeds, ("W-W", "C-C"), levels=levels, oracle=False)
    plan = study.manifest.model_copy(update={"yardsticks": beside})
    study.keep("study.json", plan.model_dump_json(indent=1))
    return study


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return study_of(tmp_path_factory.mktemp("apart"), ("global-median", "bias"))


@pytest.fixture
def data(apart: Study) -> ReportData:
    return build(apart)


def test_the_line(data: ReportData) -> None:
    line = data.of(Yardsticks).line()
    assert line == (
        "good and fair are shown to beat both the best constant and bias in every scenario; "
        "poor is shown to beat the best constant but not bias in every scenario; "
        "bias is shown to beat poor in every scenario."
    )
    assert line in data.of(Document).front.answer
    assert data.of(Yardsticks).line(["poor"]).startswith("poor is shown to beat the best constant")


BOTH = {"global-median": "better", "bias": "better"}
NEITHER = {"global-median": "open", "bias": "open"}


@pytest.mark.parametrize(
    ("outcomes", "line"),
    [
        (
            {("mamo", "W-W"): BOTH, ("mamo", "C-C"): NEITHER},
            "mamo is shown to beat both the best constant and bias in W-W; "
            "mamo is shown to beat neither the best constant nor bias in C-C.",
        ),
        ({("mamo", "C-C"): {"bias": "open"}}, "mamo is not shown to beat bias in C-C."),
        (
            {(f"learner {n}", "C-C"): BOTH for n in range(5)},
            "Of 5 learners, 5 in C-C are shown to beat both the best constant and bias.",
        ),
        (
            {(f"learner {n}", "C-C"): BOTH if n else NEITHER for n in range(5)},
            "Of 5 learners, 4 in C-C are shown to beat both the best constant and bias; 1 in C-C "
            "are shown to beat neither the best constant nor bias.",
        ),
        ({}, ""),
    ],
)
def test_sentences(outcomes: dict[tuple[str, str], dict[str, str]], line: str) -> None:
    names = {learner: learner for learner, _ in outcomes}
    assert in_a_line(outcomes, names, ("W-W", "C-C")) == line


def test_one_seed_tests_nothing(tmp_path: Path) -> None:
    assert build(study_of(tmp_path, ("bias",), seeds=1)).of(Yardsticks).line() == ""


def test_they_make_no_difference_between_learners_harder_to_show(
    data: ReportData, tmp_path: Path
) -> None:
    alone = [name for name in LEVELS if name not in data.beside]
    levels = {(n, s): LEVELS[n] + s / 1000 * (1 + len(n)) for n in alone for s in range(6)}
    without = build(fake_study(tmp_path, alone, 6, ("W-W", "C-C"), levels=levels, oracle=False))
    assert {(p.a, p.b) for p in data.pairs} == {(p.a, p.b) for p in without.pairs}
    sizes = [[len(family.pairs) for family in one.families.values()] for one in (data, without)]
    assert sizes == [[3, 3], [3, 3]]
    assert len(data.measured) == 2 * 3 * 2


def test_they_are_marked_and_take_no_part_in_the_league(data: ReportData, tmp_path: Path) -> None:
    document = data.of(Document)
    assert document.lead.startswith("3 learners, 2 yardsticks, 6 seeds, 2 scenarios.")
    rows = document.sections[0].tables[0].rows
    assert [(row[0].text, row[0].note, row[1].mark) for row in rows[:5]] == [
        ("good", "", "best"),
        ("fair", "", ""),
        ("poor", "", ""),
        ("bias", "yardstick", ""),
        ("global-median", "yardstick: the best constant", ""),
    ]
    files = write_report(data.study, tmp_path, ("svg",), data)
    assert "yardstick: the best constant" in files["report.html"].read_text()
    assert "take no part" in files["report.md"].read_text()
    rows_of_csv = (tmp_path / "yardsticks.csv").read_text().splitlines()
    assert rows_of_csv[0] == (
        "scenario,learner,yardstick,n_seeds,difference,difference_low,difference_high,p,outcome"
    )
    assert len(rows_of_csv) == 1 + 12


def test_a_yardstick_below_the_best_is_told(tmp_path: Path) -> None:
    data = build(study_of(tmp_path, ("global-median", "good")))
    leaders = data.of(Document).front.answer[0]
    assert leaders.startswith("Lowest MAE of the learners asked for: fair in W-W")
    assert "Lower than these, a yardstick: good (0.7" in leaders
    league = [one.text for one in data.of(Document).sentences if one.section == "league"]
    assert all("lower still: good (" in text for text in league)
    assert all(text.endswith(", a yardstick.") for text in league)


def test_two_yardsticks_below_the_best_are_yardsticks(tmp_path: Path) -> None:
    data = build(study_of(tmp_path, ("good", "fair")))
    league = [one.text for one in data.of(Document).sentences if one.section == "league"]
    assert all("lower still: " in text for text in league)
    assert all(text.endswith(", yardsticks.") for text in league)


def test_one_that_was_asked_for_is_marked_and_takes_part(tmp_path: Path) -> None:
    data = build(study_of(tmp_path, ()))
    assert data.beside == ()
    assert len(data.families["W-W"].pairs) == 10
    assert "both the best constant and bias" in data.of(Yardsticks).line()
    rows = data.of(Document).sections[0].tables[0].rows
    assert {row[0].text for row in rows if row[0].note.startswith("yardstick")} == {
        "bias",
        "global-median",
    }


def test_the_recipe_leaves_them_to_the_plan(data: ReportData, tmp_path: Path) -> None:
    text = recipe_of(data.study).config
    assert "models:\n- good\n- fair\n- poor\noptions:" in text
    assert "yardsticks: false" not in text
    alone = fake_study(tmp_path, ["good"], 2)
    assert "yardsticks: false" in recipe_of(alone).config
