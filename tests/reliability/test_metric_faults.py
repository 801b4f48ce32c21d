"""A metric that fails is that metric's failure: the study runs, reports, verifies and replays."""

from pathlib import Path

import pandas as pd
import pytest

from coldbench.report import write_report
from coldbench.running.records import Outcome, RunRecord
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.results import runs
from coldbench.study.store import Study
from coldbench.study.verification import replay, verify
from tests.cli.test_cli import coldbench
from tests.reliability.conftest import HERE, package
from tests.studies import TINY, forget

METRICS = {
    "sometimes": f"{HERE}.strangers:SOMETIMES",
    "raises": f"{HERE}.strangers:RAISES",
    "text": f"{HERE}.strangers:TEXT",
    "bare": f"{HERE}.strangers:_raises",
    "gone": f"{HERE}.nowhere:GONE",
}


@pytest.fixture
def study(config: StudyConfig) -> Study:
    return run_study(config, workers=1)


@pytest.fixture
def config(tmp_path: Path) -> StudyConfig:
    return StudyConfig(
        models=("bias", "global-mean"), seeds=2, scenarios=("W-W", "C-C"), dataset_options=TINY,
        out=tmp_path / "study", yardsticks=False,
    )  # fmt: skip


@pytest.fixture
def faulty(strangers: Path) -> None:
    package(strangers, "measurers", METRICS, "metrics")
    forget()


def numbers(study: Study) -> pd.DataFrame:
    """The lines of the metrics that are ours."""
    found = runs(study)
    return found[~found["metric"].isin(METRICS)].reset_index(drop=True)


def test_all_other_numbers_stand(
    study: Study, config: StudyConfig, faulty: None, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    odd = run_study(config.model_copy(update={"out": tmp_path / "odd"}), workers=1)
    pd.testing.assert_frame_equal(numbers(odd), numbers(study))
    table = runs(odd)
    assert set(table["status"]) == {"finished"}
    reasons = table.groupby("metric")["reason"].agg(lambda told: " | ".join(sorted(set(told))))
    assert reasons["raises"] == "raised RuntimeError: boom"
    assert reasons["text"] == "returned str, not a number"
    assert reasons["bare"] == "the entry point names function, not a Metric"
    assert "package measurers cannot be imported" in reasons["gone"]
    some = table[table["metric"] == "sometimes"]
    assert 0 < some["value"].notna().sum() < len(some)
    assert set(some["reason"]) == {"", "returned nan, not a finite number"}
    assert coldbench(monkeypatch, "report", odd.path) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "raises is n/a in 4 of 4 runs of bias, global-mean (W-W: raised RuntimeError" in told
    assert verify(odd.path).passed
    assert replay(odd, 1) == []


def test_scores_of_a_metric_defined_anew_are_no_damage(study: Study) -> None:
    (record, *_) = study.records()
    scores = [
        row.model_copy(update={"version": 1, "value": 0.5}) if row.metric == "ndcg@3" else row
        for row in record.scores
    ]
    _replace(study, record.model_copy(update={"scores": scores}))
    (finding,) = replay(study, 4)
    assert (finding.kind, "ndcg@3 is defined anew" in finding.text) == ("note", True)
    scores = [
        row.model_copy(update={"value": 0.5}) if row.metric == "mae" else row for row in scores
    ]
    _replace(study, record.model_copy(update={"scores": scores}))
    assert [one.kind for one in replay(study, 4)] == ["damage"]


def _replace(study: Study, record: RunRecord) -> None:
    predictions = study.predictions(record.job_hash)
    assert predictions is not None
    for file in (study.runs / record.job_hash).iterdir():
        file.unlink()
    (study.runs / record.job_hash).rmdir()
    study.save(Outcome.of(record, predictions))


def test_the_report_is_whole(config: StudyConfig, faulty: None, tmp_path: Path) -> None:
    one = {"out": tmp_path / "one", "seeds": 1, "models": ("bias",), "scenarios": ("C-C",)}
    study = run_study(config.model_copy(update=one), workers=1)
    files = write_report(study, tmp_path / "out", kinds=("svg",))
    for name in ("report.html", "report.md", "report.tex"):
        text = files[name].read_text()
        assert "raised RuntimeError: boom" in text, name
        assert "Metrics without a value" in text, name
