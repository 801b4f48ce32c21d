"""Trackers copy what is stored, and cannot fail a run."""

from pathlib import Path

import pytest

from coldbench.errors import UsageError
from coldbench.running.records import RunRecord
from coldbench.study.config import StudyConfig
from coldbench.study.drive import Progress, run_study
from coldbench.study.track import Log, Tracker, _figures, open_tracker


def test_a_broken_tracker_is_one_warning_and_the_study_is_whole(config: StudyConfig) -> None:
    def broken() -> Log:
        raise RuntimeError("no disk")

    tracker = Tracker("mlflow", broken)
    with pytest.warns(UserWarning, match="tracker mlflow stopped.*no disk") as told:
        study = run_study(config, workers=1, progress=Progress(done=tracker.log))
    assert len(told) == 1
    assert [record.status for record in study.records()] == ["finished"] * 4


def test_a_missing_library_is_told_with_its_extra(config: StudyConfig) -> None:
    def missing() -> Log:
        raise ModuleNotFoundError("No module named 'mlflow'")

    tracker = Tracker("mlflow", missing)
    with pytest.warns(UserWarning, match=r"pip install 'coldbench\[mlflow\]'"):
        run_study(config, workers=1, progress=Progress(done=tracker.log))


@pytest.mark.parametrize("text", ["mlflow", "mlflow:", "tensorbord:x"])
def test_wrong_names(text: str) -> None:
    with pytest.raises(UsageError, match=r"write mlflow:FOLDER|did you mean 'tensorboard'"):
        open_tracker(text)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", ["mlflow", "tensorboard"])
def test_runs_are_copied(name: str, config: StudyConfig, tmp_path: Path) -> None:
    pytest.importorskip(name)
    tracker = open_tracker(f"{name}:{tmp_path / name}")
    stored: list[RunRecord] = []

    def both(record: RunRecord) -> None:
        stored.append(record)
        tracker.log(record)

    run_study(config, workers=1, progress=Progress(done=both))
    assert not tracker._failed
    assert len(stored) == 4
    read = {"mlflow": from_mlflow, "tensorboard": from_tensorboard}[name]
    told = [row.value for r in stored for row in r.scores
            if (row.metric, row.scenario, row.shots) == ("mae", "W-W", -1)]  # fmt: skip
    assert sorted(read(tmp_path / name)) == pytest.approx(sorted(told), rel=1e-6)


def from_mlflow(folder: Path) -> list[float]:
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{folder / 'mlflow.db'}")
    runs = client.search_runs([one.experiment_id for one in client.search_experiments()])
    assert {run.info.status for run in runs} == {"FINISHED"}
    return [run.data.metrics["mae/W-W"] for run in runs]


def from_tensorboard(folder: Path) -> list[float]:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = []
    for run in folder.iterdir():
        events = EventAccumulator(str(run))
        events.Reload()
        found.append(events.Scalars("mae/W-W")[-1].value)
    return found


def test_a_metric_without_a_value_is_left_out(config: StudyConfig) -> None:
    (record, *_) = run_study(config, workers=1).records()
    lost = [
        row.model_copy(update={"value": None, "reason": "raised"}) if row.metric == "rmse" else row
        for row in record.scores
    ]
    told = {key: value for key, value, _ in _figures(record.model_copy(update={"scores": lost}))}
    assert "mae/W-W" in told
    assert not [key for key in told if key.startswith("rmse/")]
