"""Yardsticks run beside the models, marked as such, and change nothing of what was stored."""

from pathlib import Path
from typing import Any

import pytest

from coldbench.study.config import StudyConfig, read_config
from coldbench.study.drive import run_study
from coldbench.study.manifest import Manifest
from coldbench.study.planning import plan
from coldbench.study.store import Study
from coldbench.study.yardsticks import YARDSTICKS, added, measured
from tests.studies import TINY


def config(out: Path, **given: Any) -> StudyConfig:
    models = given.pop("models", ("ridge",))
    return StudyConfig(models=models, seeds=2, dataset_options=TINY, out=out, **given)


def test_every_study_also_runs_them_and_says_so(tmp_path: Path) -> None:
    study = run_study(config(tmp_path / "s"), workers=1)
    assert study.manifest.yardsticks == tuple(YARDSTICKS)
    ran = {(record.job.learner, record.status) for record in study.records()}
    assert ran == {(name, "finished") for name in ("ridge", *YARDSTICKS)}
    assert '"yardsticks": [' in (study.path / "study.json").read_text()


def test_one_that_was_asked_for_is_not_run_twice(tmp_path: Path) -> None:
    asked = config(tmp_path / "s", models=("bias", "ridge"))
    assert added(asked) == ("global-median",)
    assert measured(asked).models == ("bias", "ridge", "global-median")


def test_without_them_study_json_is_as_before(tmp_path: Path) -> None:
    study = run_study(config(tmp_path / "s", yardsticks=False), workers=1)
    assert "yardsticks" not in (study.path / "study.json").read_text()
    assert added(read_config(None, {"yardsticks": False})) == ()


def test_a_study_of_before_keeps_its_jobs_and_takes_them_in(tmp_path: Path) -> None:
    old = run_study(config(tmp_path / "s", yardsticks=False), workers=1)
    jobs = [job.job_hash for job in old.manifest.jobs]
    study = run_study(config(tmp_path / "s"), workers=1)
    assert [job.job_hash for job in study.manifest.jobs][: len(jobs)] == jobs
    assert study.manifest.yardsticks == tuple(YARDSTICKS)


@pytest.mark.parametrize("first", [True, False])
def test_a_yardstick_that_is_asked_for_later_is_none_any_more(tmp_path: Path, first: bool) -> None:
    plans = [config(tmp_path), config(tmp_path, models=("bias",), yardsticks=False)]
    made = [
        Manifest.of(plan(measured(one))[1]).model_copy(update={"yardsticks": added(one)})
        for one in (plans if first else plans[::-1])
    ]
    assert made[0].merged(made[1], tmp_path).yardsticks == ("global-median",)


def test_an_earlier_study_has_none(tmp_path: Path) -> None:
    study = run_study(config(tmp_path / "s", yardsticks=False), workers=1)
    assert Study.open(study.path).manifest.yardsticks == ()
