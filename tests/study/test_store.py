"""The store: atomic, one winner, damage named, configurations never mixed."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from coldbench.errors import StoreError
from coldbench.running.backends.wire import packed, unpacked
from coldbench.running.run import run_job
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study, todo
from coldbench.study.planning import plan
from coldbench.study.store import Study, latest_study
from tests.studies import prepared


def test_predictions_survive(study: Study, config: StudyConfig) -> None:
    _, jobs = plan(config)
    expected = run_job(jobs[0]).predictions
    stored = study.predictions(jobs[0].hash)
    assert expected is not None
    assert stored is not None
    for name in ("row", "score", "scenario", "shots"):
        assert np.array_equal(getattr(expected, name), getattr(stored, name))


def test_predictions_are_stored_as_they_came(
    config: StudyConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Encoded and fingerprinted once, by the run: the store writes the bytes that were checked."""
    job = plan(config)[1][0]
    outcome = unpacked(packed(run_job(job)), job)
    study = prepared(config.out or Path(), [job])
    for name in ("encode", "fingerprint"):
        monkeypatch.delattr(f"coldbench.running.encoding.{name}")
        monkeypatch.delattr(f"coldbench.running.records.{name}")
    assert study.save(outcome)
    file = study.runs / job.hash / "predictions.parquet"
    assert file.read_bytes() == outcome.parquet
    assert study.record(job.hash).predictions_sha256 == outcome.record.predictions_sha256 != ""


def test_the_plan_is_read_again_only_when_it_has_changed(
    study: Study, config: StudyConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = study.manifest
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", None)
        assert study.manifest is first
    more = config.model_copy(update={"seeds": 3})
    prepared(study.path, plan(more)[1])
    assert len(study.manifest.jobs) == len(first.jobs) + 2


def test_the_first_finished_run_wins(study: Study, config: StudyConfig) -> None:
    _, jobs = plan(config)
    before = (study.runs / jobs[0].hash / "record.json").read_bytes()
    assert study.save(run_job(jobs[0])) is False
    assert (study.runs / jobs[0].hash / "record.json").read_bytes() == before


def test_nothing_is_left_beside_the_runs(study: Study) -> None:
    assert {len(path.name) for path in study.runs.iterdir()} == {16}


def test_a_dead_writers_folder_is_swept(study: Study, config: StudyConfig) -> None:
    dead = study.runs / ".0123456789abcdef.999999999.aa"
    alive = study.runs / f".0123456789abcdef.{os.getpid()}.aa"
    for folder in (dead, alive):
        folder.mkdir()
    prepared(study.path, plan(config)[1])
    assert not dead.exists()
    assert alive.exists()


def test_another_configuration_is_refused_with_the_difference(
    study: Study, config: StudyConfig
) -> None:
    other = config.model_copy(update={"options": {"bias": {"shrink_user": 99.0}}})
    with pytest.raises(StoreError, match=r"bias\.shrink_user: .* -> '99.0'"):
        run_study(other)
    with pytest.raises(StoreError, match="protocol"):
        run_study(config.model_copy(update={"protocol": "mixed"}))


def test_other_data_are_called_so(study: Study, config: StudyConfig) -> None:
    jobs = [job.model_copy(update={"dataset_sha256": "ab" * 32}) for job in plan(config)[1]]
    there = str(study.manifest.fixed["dataset_sha256"])[:16]
    with pytest.raises(StoreError, match=f"was run on other data .*{there} there, {'ab' * 8} here"):
        prepared(study.path, jobs, config.dataset_options)


def test_more_seeds_and_learners_may_join(study: Study, config: StudyConfig) -> None:
    more = config.model_copy(update={"models": ("support-mean",), "seeds": 3})
    assert len(list(run_study(more, workers=1).records())) == 4 + 3


def test_no_space_left(study: Study, config: StudyConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = sorted(path.name for path in study.runs.iterdir())
    job = plan(config.model_copy(update={"seeds": (7,)}))[1][0]
    outcome = run_job(job)

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        study.save(outcome)
    assert sorted(path.name for path in study.runs.iterdir()) == kept


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 999}', "\xff", "[" * 99999])
def test_damage_is_named(study: Study, text: str) -> None:
    file = next(study.runs.glob("*/record.json"))
    file.write_text(text, "latin-1")
    with pytest.raises(StoreError, match=r"record\.json"):
        list(study.records())


def test_an_edited_job_is_found(study: Study) -> None:
    file = next(study.runs.glob("*/record.json"))
    data = json.loads(file.read_text())
    data["job"]["config"]["shrink_user"] = 1234.0
    file.write_text(json.dumps(data))
    with pytest.raises(StoreError, match="does not match its hash"):
        list(study.records())


def test_no_study(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no study\.json"):
        Study.open(tmp_path)
    with pytest.raises(StoreError, match="coldbench run"):
        latest_study(tmp_path)


def test_an_unwritable_folder(config: StudyConfig, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot write"):
        run_study(config.model_copy(update={"out": tmp_path / "file" / "study"}))


def test_todo(study: Study, config: StudyConfig) -> None:
    assert todo(study, plan(config)[1]) == []
