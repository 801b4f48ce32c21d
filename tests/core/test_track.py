"""Trackers copy what is stored, and cannot fail a run."""

from pathlib import Path

import pytest

from coldbench.drive import Progress, drive
from coldbench.errors import UsageError
from coldbench.plan import StudyConfig
from coldbench.records import RunRecord
from coldbench.track import Log, Tracker, open_tracker


def test_a_broken_tracker_is_one_warning_and_the_study_is_whole(config: StudyConfig) -> None:
    def broken() -> Log:
        raise RuntimeError("no disk")

    tracker = Tracker("mlflow", broken)
    with pytest.warns(UserWarning, match="tracker mlflow stopped.*no disk") as told:
        study = drive(config, workers=1, progress=Progress(done=tracker.log))
    assert len(told) == 1
    assert [record.status for record in study.records()] == ["finished"] * 4


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

    drive(config, workers=1, progress=Progress(done=both))
    assert not tracker._failed
    assert len(stored) == 4
    assert any(path.is_file() for path in (tmp_path / name).rglob("*"))
