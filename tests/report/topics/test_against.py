"""Learners against those that the study says they must beat: one family, signs, words, files."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ttest_rel
from statsmodels.stats.multitest import multipletests

from coldbench.errors import UsageError
from coldbench.report import build
from coldbench.report.document import Document
from coldbench.report.topics.against import Against
from coldbench.report.topics.origin import OriginTopic
from coldbench.statistics import Interval
from coldbench.study.config import StudyConfig
from coldbench.study.planning import plan
from coldbench.study.store import Study
from tests.report.fake import fake_study

LEARNERS = ("melu", "ridge", "plain", "mamo")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return fake_study(
        tmp_path_factory.mktemp("against") / "study",
        LEARNERS,
        30,
        scenarios=("W-W", "C-C"),
        against=("ridge", "plain"),
    )


def test_differences_and_holm_are_those_of_the_named_family(study: Study) -> None:
    data = build(study)
    found = data.of(Against).contests
    assert len(found) == 2 * 2 * 3  # references, scenarios, others
    assert len(found) < data.declared * 2
    raw = []
    for contest in found:
        mine, its = (
            np.array(list(data.values(name, contest.scenario).values()))
            for name in (contest.learner, contest.reference)
        )
        assert contest.difference.value == pytest.approx((mine - its).mean(), abs=1e-12)
        assert contest.difference.low < contest.difference.value < contest.difference.high
        raw.append(ttest_rel(mine, its).pvalue)
    adjusted = multipletests(raw, method="holm")[1]
    assert [contest.adjusted for contest in found] == pytest.approx(list(adjusted))
    for contest in found:
        shown = contest.adjusted <= 0.05
        sign = "better" if contest.difference.value < 0 else "worse"
        assert contest.outcome == (sign if shown else "open")
    assert {contest.outcome for contest in found} >= {"better", "worse"}


def test_a_reference_meets_the_other_with_the_opposite_sign(study: Study) -> None:
    found = {
        (c.learner, c.reference, c.scenario): c.difference
        for c in build(study).of(Against).contests
    }
    for scenario in ("W-W", "C-C"):
        there, back = found["ridge", "plain", scenario], found["plain", "ridge", scenario]
        assert there == -back
    assert -Interval(1.0, None, None, 1, "one seed") == Interval(-1.0, None, None, 1, "one seed")


def test_tables_words_and_file(study: Study, worded: Callable[[Study], dict[str, Path]]) -> None:
    data = build(study)
    section = data.of(Against).section()
    assert section is not None
    assert [table.title for table in section.tables] == ["Against ridge", "Against plain"]
    first = {row[0].text: row for row in section.tables[0].rows}
    assert set(first) == {"melu", "plain", "mamo"}
    assert first["melu"][1].mark == "best"
    assert float(first["mamo"][-1].text) > 1 > float(first["melu"][-1].text)
    told = [
        sentence.text for sentence in data.of(Document).sentences if sentence.section == "against"
    ]
    assert told[0].startswith("Shown to beat ridge: W-W: melu")
    files = worded(study)
    assert "Against ridge" in files["report.md"].read_text("utf-8")
    with files["against.csv"].open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 12
    assert {line["outcome"] for line in lines} <= {"better", "worse", "open"}
    assert "against:\n- ridge\n- plain" in data.of(OriginTopic).origin.recipe.config


def test_nothing_without_references(tmp_path: Path) -> None:
    data = build(fake_study(tmp_path / "study", LEARNERS, 3))
    assert data.of(Against).contests == ()
    assert data.of(Against).section() is None
    assert not [
        sentence for sentence in data.of(Document).sentences if sentence.section == "against"
    ]


def test_one_seed_shows_nothing(tmp_path: Path) -> None:
    found = (
        build(fake_study(tmp_path / "study", LEARNERS, 1, against=("ridge",))).of(Against).contests
    )
    assert {contest.outcome for contest in found} == {"open"}


def test_references_must_be_models() -> None:
    with pytest.raises(UsageError, match="unknown learner in against 'rigde': did you mean 'rid"):
        plan(StudyConfig(models=("bias", "ridge"), against=("rigde",)))


def test_a_later_run_adds_references(tmp_path: Path) -> None:
    fake_study(tmp_path / "study", LEARNERS, 2, against=("ridge",))
    again = fake_study(tmp_path / "study", LEARNERS, 3, against=("plain", "ridge"))
    assert again.manifest.against == ("ridge", "plain")
