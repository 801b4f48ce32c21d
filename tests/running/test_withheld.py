"""While a learner trains or predicts, no test target is in its process, and no file of ratings."""

import sys
from pathlib import Path

import numpy as np
import pytest

from coldbench.data import cache_home, open_prepared
from coldbench.running.preparation import SplitKey, permitted
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.tune.objective import blinded
from tests.reliability.conftest import package
from tests.running import spies
from tests.studies import forget

SIZE = {"n_users": 151, "n_items": 119, "n_ratings": 6011}  # no other test has ratings of this size


@pytest.fixture
def spy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path / "site", "spies", {"spy": "tests.running.spies:Spy"})
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    forget()
    spies.RUNS.clear()
    spies.MAPPED.clear()


def test_no_target_is_in_the_process_of_a_learner(spy: None, tmp_path: Path) -> None:
    config = StudyConfig(
        models=("spy",), seeds=2, dataset_options=SIZE, out=tmp_path / "study", yardsticks=False
    )
    study = run_study(config, workers=1)
    records = list(study.records())
    assert [record.status for record in records] == ["finished"] * 2
    for record, values in zip(records, spies.RUNS, strict=True):
        rows = permitted(SplitKey.of(record.job))[1].test.query.rows
        mine = [value for value in values if len(value) == SIZE["n_ratings"]]
        assert mine
        assert all(np.isnan(value[rows]).all() for value in mine)
    (link,) = cache_home().glob(f"prepared-*/{records[0].job.dataset_sha256}.link")
    assert spies.MAPPED or sys.platform != "linux"
    assert not [line for line in spies.MAPPED if link.read_text() in line]
    forget()


def test_scores_are_of_the_true_ratings(tmp_path: Path) -> None:
    config = StudyConfig(
        models=("bias",), seeds=1, dataset_options=SIZE, out=tmp_path / "study", yardsticks=False
    )
    study = run_study(config, workers=1)
    (record,) = study.records()
    predictions = study.predictions(record.job_hash)
    assert predictions is not None
    ratings = open_prepared(record.job.dataset_sha256)
    error = np.abs(np.clip(predictions.score, 1, 5) - ratings.value[predictions.row])
    for row in (row for row in record.scores if row.metric == "mae" and row.shots == -1):
        here = predictions.scenario == ["W-W", "W-C", "C-W", "C-C"].index(row.scenario)
        assert row.value == pytest.approx(error[here].mean())
        assert row.best is not None


def test_tuning_is_handed_copies(tmp_path: Path) -> None:
    config = StudyConfig(
        models=("bias",), seeds=1, dataset_options=SIZE, out=tmp_path / "study", yardsticks=False
    )
    (record,) = run_study(config, workers=1).records()
    ratings, _ = blinded(SplitKey.of(record.job))
    assert not [a for a in ratings.arrays().values() if getattr(a.base, "filename", None)]
