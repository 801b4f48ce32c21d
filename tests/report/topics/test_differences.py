"""For whom a difference is shown: these users and items, or new ones too."""

import json
from pathlib import Path
from typing import Any

from coldbench.report import build
from coldbench.report.crossing import Crossing
from coldbench.report.pairs import Pair
from coldbench.report.study import ReportData
from coldbench.report.topics.differences import Differences
from coldbench.running import seal
from coldbench.study import Digest, Sampled, Study
from coldbench.tasks import SCENARIOS
from tests.report.fake import fake_study
from tests.report.real import real_study

SEEDS = tuple(str(seed) for seed in range(5))
LEVELS = {("b", seed): 0.1 + 0.001 * seed for seed in range(5)} | {("a", s): 0.0 for s in range(5)}


def sampled(scenario: str, item: float, **given: Any) -> Sampled:
    facts: dict[str, Any] = {
        "scenario": scenario,
        "seeds": SEEDS,
        "users": 900,
        "items": 70,
        "effective_users": 800.0,
        "effective_items": 40.0,
        "learners": ("b", "a"),  # the other way round: a variance has no sign
        "pairs": ((0, 1),),
        "user": (1e-6,),
        "item": (item,),
        "both": (0.0,),
    }
    return Sampled(**{**facts, **given})


def with_digest(path: Path, *samples: Sampled, version: int = 2) -> ReportData:
    """Two learners of which b is far worse at every seed, and what is known of users and items."""
    study = fake_study(path, learners=("a", "b"), levels=LEVELS, against=("a",))
    digest = Digest(schema_version=version, runs={}, lines=(), sampled=samples)
    data = json.loads(digest.model_dump_json())
    (path / "digest.json").write_text(json.dumps({**data, "sha256": seal(data)}))
    return build(Study.open(study.path))


def told(data: ReportData, scenario: str) -> str:
    (text,) = (s.text for s in data.of(Differences).sentences() if s.subject == scenario)
    return text


def test_a_verdict_says_whether_it_holds_for_new_users_and_items(tmp_path: Path) -> None:
    data = with_digest(
        tmp_path,
        sampled("W-W", item=1e-5),  # ± .007 beside a difference of .1
        sampled("W-C", item=1e-2),  # ± .2
        sampled("C-W", item=1e-5, seeds=SEEDS[:4]),
    )
    crossing = data.of(Crossing)
    assert [crossing.holds(s, "a", "b") for s in SCENARIOS] == [True, False, None, None]
    assert crossing.holds("W-C", "b", "a") is False
    assert "shown with 5 seeds for new users and items too (" in told(data, "W-W")
    assert " on these users and items only, not for new ones (" in told(data, "W-C")
    assert " on these users and items, for new ones n/a (" in told(data, "C-C")
    section = data.of(Differences).section()
    assert sum("lacks predictions" in note for note in section.notes) == 1
    (table,) = section.tables
    place = [column.title for column in table.columns].index("for new users and items")
    assert [row[place].mark for row in table.rows] == ["best", "", "", ""]
    assert [row[place].text == "n/a" for row in table.rows] == [False, False, True, True]


def test_the_limits_for_new_ones_are_the_wider_ones(tmp_path: Path) -> None:
    data = with_digest(tmp_path, sampled("W-W", item=1e-5), sampled("W-C", item=1e-2))
    rows = {str(row["scenario"]): row for row in data.of(Differences).files()["pairs.csv"]}
    for scenario in ("W-W", "W-C"):
        row = rows[scenario]
        assert row["new_low"] < row["difference_low"] < 0
        assert row["difference_high"] < row["new_high"]
        assert row["p_new_holm"] >= row["p_new"] >= row["p"]
        assert (row["users"], row["effective_items"]) == (900, 40.0)
    assert rows["W-C"]["p_new_holm"] > 0.05
    assert rows["C-C"]["new_low"] is None
    assert rows["C-C"]["items"] is None


def pair(data: ReportData) -> Pair:
    return next(one for one in data.pairs if one.scenario == "C-C")


def test_a_digest_of_an_earlier_version_is_named(tmp_path: Path) -> None:
    data = with_digest(tmp_path, version=1)
    assert (
        "For new users and items: n/a, predictions were not at hand when the digest was made."
    ) in data.of(Differences).section().notes
    assert data.of(Crossing).of(pair(data)).shown is None
    assert data.of(Crossing).holds("C-C", "a", "nobody") is None


def test_without_predictions_and_digest_the_reason_is_said(tmp_path: Path) -> None:
    data = build(fake_study(tmp_path, learners=("a", "b")))
    assert data.of(Crossing).notes == [
        "For new users and items: n/a, predictions are not stored in this copy."
    ]


def test_one_seed(tmp_path: Path) -> None:
    data = build(real_study(tmp_path, seeds=1))
    assert data.of(Crossing).notes == ["For new users and items: n/a, one seed."]
    assert all(row["new_low"] is None for row in data.of(Differences).files()["pairs.csv"])


def test_a_real_study_has_both_intervals_and_keeps_them(tmp_path: Path) -> None:
    study = real_study(tmp_path, models=("bias", "support-mean", "item-mean"), seeds=3)
    before = build(study).of(Differences).files()["pairs.csv"]
    assert len(before) == 3 * 4
    for row in before:
        assert row["new_low"] <= row["difference_low"]
        assert row["new_high"] >= row["difference_high"]
        assert 1.0 < row["effective_items"] <= row["items"]
    for file in study.runs.glob("*/predictions.parquet"):
        file.unlink()
    assert build(study).of(Differences).files()["pairs.csv"] == before
