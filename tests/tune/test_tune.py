"""Tuning: one budget, resumable bit for bit, and the tests of its seeds are out of reach."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from coldbench.cli.terminal.tuning import _said
from coldbench.data import ROLES, open_dataset
from coldbench.errors import Declined, StoreError, UsageError
from coldbench.report import build
from coldbench.report.topics.cost import CostTopic
from coldbench.report.topics.tuning import TuningTopic
from coldbench.rng import Seeds
from coldbench.study.budget import Budget, describe
from coldbench.study.config import StudyConfig, read_config
from coldbench.study.drive import run_study
from coldbench.study.planning import plan
from coldbench.tasks.protocols import PROTOCOLS
from coldbench.tune.blind import blind
from coldbench.tune.following import Search
from coldbench.tune.history import Trial
from coldbench.tune.objective import measure
from coldbench.tune.overlap import overlap
from tests.studies import TINY
from tests.waiting import over, until

pytest.importorskip("optuna")
from coldbench.tune import Tuning, tune, write_tuning

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def tuned(tmp_path: Path) -> StudyConfig:
    return StudyConfig(models=("bias", "global-mean"), seeds=(1000, 1001), dataset_options=TINY)


def told_apart(found: list[Tuning]) -> list[dict[str, object]]:
    return [t.model_dump(exclude={"seconds"}) for tuning in found for t in tuning.trials]


def test_defaults_first_then_the_same_number_for_all(tuned: StudyConfig, tmp_path: Path) -> None:
    bias, mean = tune(tuned, 6, tmp_path)
    assert [trial.number for trial in bias.trials] == list(range(6))
    assert bias.trials[0].options == {}
    assert len(mean.trials) == 1  # nothing to tune
    best = bias.best
    assert best is not None
    assert best.mae == min(trial.mae for trial in bias.trials if trial.mae is not None)
    assert best.mae <= (bias.trials[0].mae or 0)


def test_interrupted_equals_unbroken(tuned: StudyConfig, tmp_path: Path) -> None:
    whole = tune(tuned, 5, tmp_path / "whole")
    tune(tuned, 2, tmp_path / "parts")
    (tmp_path / "parts" / "trials" / "bias" / ".0002.json.1.aa").write_text('{"half')
    assert told_apart(tune(tuned, 5, tmp_path / "parts")) == told_apart(whole)


def test_stored_trials_are_neither_dropped_nor_mixed_with_those_of_other_code(
    tuned: StudyConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tune(tuned, 3, tmp_path)
    with pytest.raises(UsageError, match=r"bias has 3 trials in .*: give --trials 3 or more"):
        tune(tuned, 2, tmp_path)
    monkeypatch.setattr("coldbench.tune.tuning.code_of", lambda base: "2:edited")
    with pytest.raises(StoreError, match="bias's code has changed since"):
        tune(tuned, 4, tmp_path)


@pytest.mark.thorough
@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_killed_tuning_goes_on(workers: str, tmp_path: Path) -> None:
    """SIGKILL after the third trial; every file that is there is whole, and no worker lives on."""
    sizes = [w for key, value in TINY.items() for w in ("--set", f"dataset.{key}={value}")]
    words = ["tune", "--models", "bias,ridge", "--trials", "999", "--seeds", "1000,", "--out", "t"]
    command = [sys.executable, "-m", "coldbench", *words, "--workers", workers, *sizes]
    root = str(Path(__file__).parent.parent.parent)
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": root},
        start_new_session=True,
    )  # fmt: skip
    trials = tmp_path / "t" / "trials" / "bias"
    until((trials / "0002.json").exists)
    process.send_signal(signal.SIGKILL)
    process.wait()
    until(lambda: over(process.pid))  # its workers end with it
    stored = [Trial.model_validate_json(p.read_text()) for p in sorted(trials.glob("0*.json"))]
    assert len(stored) >= 3
    config = StudyConfig(models=("bias",), seeds=(1000,), dataset_options=TINY)
    (found,) = tune(config, len(stored) + 1, tmp_path / "t")
    assert list(found.trials[: len(stored)]) == stored


@pytest.mark.thorough
def test_workers_do_not_matter(tuned: StudyConfig, tmp_path: Path) -> None:
    models = {"models": ("bias", "ridge", "global-mean")}
    alone = tune(tuned.model_copy(update=models), 3, tmp_path / "one")
    heard: list[Trial] = []
    both = tune(tuned.model_copy(update=models), 3, tmp_path / "two", 2, heard.append)
    assert told_apart(both) == told_apart(alone)
    assert len(heard) == 3 + 3 + 1


def test_seeds_of_studies_and_foreign_folders_are_refused(
    tuned: StudyConfig, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="seed 3 is one that a study may use"):
        tune(tuned.model_copy(update={"seeds": (1000, 3)}), 1, tmp_path)
    tune(tuned, 1, tmp_path)
    with pytest.raises(StoreError, match="choose another --out"):
        tune(tuned.model_copy(update={"options": {"bias": {"sweeps": 3}}}), 2, tmp_path)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_test_ratings_are_out_of_reach(protocol: str) -> None:
    """No test task, and no value of a test row, is in what tuning is handed."""
    ratings = open_dataset("synthetic", TINY)
    if protocol == "given":
        role = np.where(np.arange(len(ratings)) % 5 == 0, ROLES.index("query"), 1).astype(np.int8)
        ratings = replace(ratings, role=role, sha256="")
    split = PROTOCOLS[protocol]().split(ratings, Seeds.joint(1000))
    hidden, rest = blind(ratings, split)
    assert len(rest.test) == 0
    rows = np.concatenate([split.test.query.rows, split.test.support.rows])
    validation = rest.validation
    kept = np.concatenate([rest.inner.rows, validation.support.rows, validation.query.rows])
    only_test = np.setdiff1d(rows, kept)
    assert len(only_test)
    assert (hidden.value[only_test] == ratings.scale.low).all()
    assert np.array_equal(hidden.value[kept], ratings.value[kept])
    query = split.test.query.rows
    assert not np.isin(query, kept).any()


def test_the_overlap_with_the_tests_of_studies_is_counted(tuned: StudyConfig) -> None:
    """By hand from the splits; at a seed of its own nothing of the test was seen."""
    ratings, jobs = plan(tuned)
    protocol = PROTOCOLS[jobs[0].protocol].model_validate(jobs[0].protocol_options)
    splits = [protocol.split(ratings, Seeds.joint(seed)) for seed in (1000, 1001, 0, 3)]
    seen = {
        row
        for split in splits[:2]
        for rows in (split.inner, split.validation.support, split.validation.query)
        for row in rows.rows.tolist()
    }
    tests = [split.test.only(("W-W",)).query.rows.tolist() for split in splits[2:]]
    asked = [row for rows in tests for row in rows]
    share = sum(row in seen for row in asked) / len(asked)
    found = overlap(jobs, (0, 3))
    assert found["W-W"] == pytest.approx(share, abs=1e-4)
    assert share > 0.1
    assert set(overlap(jobs[:1], (1000,)).values()) == {0.0}


def test_hopeless_is_pruned_and_failure_recorded(tuned: StudyConfig) -> None:
    _, jobs = plan(tuned)
    mine = [job for job in jobs if job.learner == "bias"]
    assert measure(mine, {}, lambda mae: True).status == "pruned"
    found = measure(mine, {"sweeps": -1}, lambda mae: False)
    assert found.status == "failed"
    assert "sweeps" in found.reason


def test_a_learner_that_declines_is_asked_once_and_again_when_it_can(
    tuned: StudyConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decline(*given: object) -> None:
        raise Declined("trees need LightGBM")

    with monkeypatch.context() as patched:
        patched.setattr("coldbench.tune.objective.search", decline)
        bias, _ = tune(tuned, 3, tmp_path)
    assert (bias.trials, bias.declined) == ((), "trees need LightGBM")
    write_tuning(tuned, [bias], tmp_path)
    assert read_config(tmp_path / "tuned.yaml", {}).tuning == {}
    assert "bias was not tuned: trees need LightGBM." in " ".join(_said([bias]))
    assert len(tune(tuned, 3, tmp_path)[0].trials) == 3


def test_the_result_is_a_study_and_the_report_shows_the_budget(
    tuned: StudyConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = ("bias", "global-mean")
    file = write_tuning(tuned, tune(tuned, 4, tmp_path / "t"), tmp_path / "t")
    lines = (tmp_path / "t" / "history.csv").read_text().splitlines()
    assert len(lines) == 1 + 4 + 1
    said = {"seeds": (0, 1), "out": str(tmp_path / "study"), "yardsticks": False}
    config = read_config(file, said)
    assert config.models == models
    study = run_study(config, workers=1)
    assert study.manifest.tunable == {"bias": True, "global-mean": False}
    with monkeypatch.context() as patch:  # the report asks no learner, which would load torch
        patch.setattr("coldbench.report.topics.tuning._tunable", None)
        shown = build(study).of(TuningTopic).words
    assert shown["bias"].startswith("4 trials")
    assert shown["global-mean"] == "nothing to tune"
    notes = " ".join(build(study).of(TuningTopic).section().notes)
    assert "of the test ratings of seeds 0 to 9" in notes
    plainly = replace_out(config, tmp_path / "plain")
    data = build(run_study(plainly, workers=1))
    found = len(config.options["bias"])
    assert data.of(TuningTopic).words == {
        "bias": f"not tuned: {found} option{'' if found == 1 else 's'} as given",
        "global-mean": "not tuned: defaults",
    }
    assert data.of(CostTopic).section().notes[-1] == "Not tuned, at their defaults: global-mean."


def replace_out(config: StudyConfig, out: Path) -> StudyConfig:
    return config.model_copy(update={"tuning": {}, "out": out})


def test_a_configuration_that_left_what_was_found_is_marked() -> None:
    budget = Budget(trials=3, seconds=60, options={"shrink_item": 2.0}).model_dump(mode="json")
    assert describe(budget, {"shrink_item": 2.0}) == "3 trials, 1.0 min"
    assert describe(budget, {"shrink_item": 5.0}).endswith("changed since: shrink_item")
    assert describe(None, {}) == "not tuned: defaults"
    own = {"shrink_item": 5.0}
    assert describe(None, own, given=own) == "not tuned: 1 option as given"


def test_values_are_blanked_not_the_original(tuned: StudyConfig) -> None:
    ratings = open_dataset("synthetic", TINY)
    split = PROTOCOLS["separate"]().split(ratings, Seeds.joint(1000))
    before = np.array(ratings.value)
    hidden, _ = blind(ratings, replace(split))
    assert np.array_equal(before, ratings.value)
    assert not np.array_equal(before, hidden.value)


def test_options_that_are_not_read_are_not_in_the_result(tmp_path: Path) -> None:
    config = StudyConfig(models=("melu",), seeds=(1000,), dataset_options=TINY)
    _, jobs = plan(config)
    options = {"item_id": False, "item_id_dropout": 0.7, "inner_steps": 3}
    trial = Trial(
        learner="melu", number=0, options=options, status="finished", maes=(0.7,), identity=""
    )
    search = Search.of(jobs, 4.0, 1, ())
    assert search.tuning([trial]).budget.options == {"inner_steps": 3}
    on = trial.model_copy(update={"options": {**options, "item_id": True}})
    assert search.tuning([on]).budget.options == {**options, "item_id": True}
