"""Studies of the protocols `temporal` and `given`: planned, run, audited, reported, repeated."""

import shutil
from pathlib import Path

import pytest

from coldbench.audit import audit_job
from coldbench.data import open_dataset
from coldbench.data.homes import cache_home
from coldbench.errors import DataError, StoreError, UsageError
from coldbench.report import build, text_files
from coldbench.report.recipe import recipe_of
from coldbench.report.topics.origin import OriginTopic
from coldbench.running.backends.fetch import Source, fetch_tasks
from coldbench.study import results
from coldbench.study.config import StudyConfig, read_config
from coldbench.study.drive import Progress, run_study
from coldbench.study.planning import plan
from coldbench.study.store import Study
from coldbench.tasks.protocols import PROTOCOLS
from tests.studies import TINY
from tests.tasks.states import melu_states, write_states
from tests.waiting import HANG

BOUNDS = {"min_ratings": 8, "query": 4, "max_ratings": 60}


@pytest.fixture
def states(tmp_path: Path) -> Path:
    folder = tmp_path / "states"
    folder.mkdir()
    write_states(folder, melu_states(open_dataset("synthetic", TINY)))
    return folder


@pytest.fixture
def given(config: StudyConfig, states: Path) -> StudyConfig:
    options = {"file": str(states), **BOUNDS}
    return config.model_copy(update={"protocol": "given", "protocol_options": options})


@pytest.fixture
def temporal(config: StudyConfig) -> StudyConfig:
    return config.model_copy(update={"protocol": "temporal"})


def warnings(study: Study) -> list[str]:
    return [one.text for one in build(study).of(OriginTopic).sentences()]


def test_given_tasks_run_and_the_report_says_what_they_are(
    given: StudyConfig, states: Path
) -> None:
    told: list[str] = []
    study = run_study(given, workers=1, progress=Progress(stated=told.extend))
    assert {record.status for record in study.records()} == {"finished"}
    assert set(results.runs(study)["scenario"]) == {"W-C", "C-W", "C-C"}
    assert told == warnings(study)
    assert told[0].startswith("The tasks are given. Seeds move only what they leave open")
    assert told[0] in text_files(study)["report.md"]
    assert str(states.parent) not in "".join(text_files(study).values())


def test_a_study_of_given_tasks_goes_on_only_with_the_same_file(
    given: StudyConfig, states: Path
) -> None:
    run_study(given, workers=1)
    moved = states.rename(states.with_name("elsewhere"))
    again = {**given.protocol_options, "file": str(moved)}
    study = run_study(given.model_copy(update={"protocol_options": again, "seeds": 3}), workers=1)
    assert len(list(study.records())) == 6
    changed = open_dataset("synthetic", TINY)
    write_states(moved, melu_states(changed, seed=1))
    with pytest.raises(StoreError, match="sha256"):
        run_study(given.model_copy(update={"protocol_options": again}), workers=1)


def test_its_recipe_plans_the_same_jobs(given: StudyConfig, states: Path, tmp_path: Path) -> None:
    study = run_study(given, workers=1)
    recipe = recipe_of(study)
    assert "--set protocol.file=TASKS" in recipe.commands[0]
    (tmp_path / "study.yaml").write_text(recipe.config)
    options = {"protocol_options": {"file": str(states)}, "dataset_options": TINY}
    jobs = plan(read_config(tmp_path / "study.yaml", options))[1]
    assert {job.hash for job in jobs} == {record.job_hash for record in study.records()}


def test_workers_fetch_the_tasks(
    given: StudyConfig, states: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the driver's cache where they share it, else from the file, by its hash."""
    job = plan(given)[1][0]
    beside = PROTOCOLS[job.protocol].model_validate(job.protocol_options).beside
    shared = cache_home()
    for number, source in enumerate(
        (Source(str(shared)), Source(str(tmp_path), tasks=str(states)))
    ):
        monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / f"worker-{number}"))
        fetch_tasks(job, source)
        assert (cache_home() / beside).is_file()
    monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / "another"))
    with pytest.raises(DataError, match="no tasks with SHA-256"):
        fetch_tasks(job, Source(str(tmp_path)))
    (states / "warm_state.json").write_text('{"1": [1]}')
    (states / "warm_state_y.json").unlink()
    with pytest.raises(UsageError, match="these are other tasks"):
        fetch_tasks(job, Source(str(tmp_path), tasks=str(states)))


@pytest.mark.thorough
def test_processes_run_given_tasks(given: StudyConfig) -> None:
    serial = run_study(given, workers=1)
    apart = given.model_copy(update={"out": serial.path.with_name("apart")})
    there = run_study(apart, workers=1, backend="processes", timeout=HANG)
    assert results.runs(serial).to_csv() == results.runs(there).to_csv()


@pytest.mark.thorough
def test_given_and_temporal_jobs_are_audited(given: StudyConfig, temporal: StudyConfig) -> None:
    for config in (given, temporal):
        audit = audit_job(plan(config)[1][0])
        assert (audit.status, audit.leaks) == ("clean", ())


def test_temporal_runs_and_the_report_says_what_seeds_are(temporal: StudyConfig) -> None:
    study = run_study(temporal, workers=1)
    assert {record.status for record in study.records()} == {"finished"}
    (sentence,) = warnings(study)
    assert "A seed draws the 80 % of users who take part" in sentence
    assert sentence in text_files(study)["report.md"]
    recorded = study.manifest.fixed["protocol_options"]
    fixed = temporal.model_copy(
        update={
            "protocol_options": {"cut": recorded["cut"]},
            "out": temporal.out and temporal.out.with_name("fixed"),
        }
    )
    again = run_study(fixed, workers=1)
    assert {r.job_hash for r in again.records()} == {r.job_hash for r in study.records()}


def test_tasks_that_left_the_cache_are_asked_for(given: StudyConfig) -> None:
    job = plan(given)[1][0]
    without = given.model_copy(
        update={"protocol_options": {"sha256": job.protocol_options["sha256"], **BOUNDS}}
    )
    assert plan(without)[1][0].hash == job.hash
    from coldbench.tasks.published.kept import open_kept

    open_kept.cache_clear()
    kept = PROTOCOLS["given"].model_validate(job.protocol_options).beside
    shutil.move(cache_home() / kept, cache_home() / "aside")
    with pytest.raises(DataError, match=r"say --set protocol\.file=PATH once more"):
        plan(without)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("folder", "cut", "least"),
    [("ml-100k", "1998-03-07", (70, 25, 130, 0)), ("hin-amazon", "2010-07-29", (900, 15, 550, 0))],
)
def test_temporal_on_real_ratings(
    real_data: Path, folder: str, cut: str, least: tuple[int, ...]
) -> None:
    from coldbench.rng import Seeds

    ratings = open_dataset(str(real_data / folder))
    protocol = PROTOCOLS["temporal"]().checked(ratings)
    assert f"before {cut}" in protocol.statements()[0]
    test = protocol.split(ratings, Seeds.joint(0)).test
    first = test.scenario[test.query.ptr[:-1]]
    for scenario in range(4):
        assert (first == scenario).sum() >= least[scenario]


@pytest.mark.realdata
def test_states_of_ml_100k(real_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "states"
    folder.mkdir()
    path = str(real_data / "ml-100k")
    write_states(folder, melu_states(open_dataset(path), users=300))
    config = StudyConfig(
        dataset=path,
        protocol="given",
        protocol_options={"file": str(folder)},
        models=("bias", "ridge", "melu"),
        options={"melu": {"epochs": 3}},
        seeds=2,
        out=tmp_path / "study",
    )
    study = run_study(config, workers=2)
    runs = results.runs(study)
    mae = runs[runs["metric"] == "mae"].groupby(["learner", "scenario"])["value"].mean().unstack()
    assert set(mae.columns) == {"W-C", "C-W", "C-C"}
    assert (mae.loc[["bias", "ridge"]] < 1.05).all(axis=None)
