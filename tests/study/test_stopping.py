"""Early stopping by another metric: recorded, stated, and the same jobs as before without it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coldbench import registry
from coldbench.errors import UsageError
from coldbench.report import text_files
from coldbench.report.recipe import recipe_of
from coldbench.running.records import Job
from coldbench.scoring.metrics.metric import Metric
from coldbench.study.config import StudyConfig, read_config
from coldbench.study.drive import run_study
from coldbench.study.planning import plan

EPOCHS = {"melu": {"epochs": 3, "patience": 1}}


@pytest.fixture
def stopped(config: StudyConfig) -> StudyConfig:
    update: dict[str, Any] = {"models": ("melu",), "options": EPOCHS, "seeds": 1}
    return config.model_copy(update=update | {"stop_by": "ndcg@3"})


def test_jobs_without_it_keep_their_names(config: StudyConfig) -> None:
    (job, *_) = plan(config)[1]
    assert "stop_by" not in job.model_dump(mode="json")
    assert job.model_copy(update={"stop_by": "rmse"}).hash != job.hash
    before = {**job.model_dump(mode="json"), "schema_version": 1}
    assert Job.model_validate(before).hash == job.hash


def test_the_study_states_and_records_it(stopped: StudyConfig, tmp_path: Path) -> None:
    study = run_study(stopped, workers=1)
    (record,) = study.records()
    assert record.status == "finished"
    assert record.job.stop_by == "ndcg@3"
    values = [entry["stop_by_ndcg@3"] for entry in record.curve]
    assert record.epochs == int(np.argmax(values)) + 1
    report = text_files(study)["report.md"].replace("\\@", "@")
    assert "Early stopping went by ndcg@3 in validation (higher is better)" in report
    assert "Training stopped on ndcg@3 in validation instead" in report
    (tmp_path / "study.yaml").write_text(recipe_of(study).config)
    again = read_config(tmp_path / "study.yaml", {"dataset_options": stopped.dataset_options})
    assert plan(again)[1][0].hash == record.job_hash


def test_by_the_mae_nothing_is_said(stopped: StudyConfig) -> None:
    study = run_study(stopped.model_copy(update={"stop_by": "mae"}), workers=1)
    (record,) = study.records()
    assert not [key for entry in record.curve for key in entry if key.startswith("stop_by")]
    report = text_files(study)["report.md"].replace("\\@", "@")
    assert "Early stopping went by" not in report
    assert "Training stops on these curves" in report


def test_an_unknown_metric_is_refused_when_planned(stopped: StudyConfig) -> None:
    with pytest.raises(UsageError, match="unknown metric in stop_by 'ndgc@3': did you mean 'ndcg"):
        plan(stopped.model_copy(update={"stop_by": "ndgc@3"}))


def test_a_metric_without_a_number_fails_the_run(
    stopped: StudyConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = registry.load
    odd = Metric("ndcg@3", lambda *arrays: float("nan"), False, 0.0, 1.0, "", "odd")
    monkeypatch.setattr(
        registry, "load", lambda kind, name: odd if name == "ndcg@3" else real(kind, name)
    )
    (record,) = run_study(stopped, workers=1).records()
    assert record.status == "failed"
    assert record.reason == (
        "UsageError: early stopping after epoch 0: ndcg@3 returned nan, not a finite number on "
        "the validation tasks of W-W"
    )
    assert json.loads(record.model_dump_json())["job"]["stop_by"] == "ndcg@3"
