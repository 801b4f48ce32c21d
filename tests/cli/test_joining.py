"""`run --out STUDY` takes from a stored study what the command does not say."""

from pathlib import Path
from typing import Any

import pytest

from coldbench.cli.joining import joined
from coldbench.errors import UsageError
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.planning import plan
from coldbench.study.store import Study
from coldbench.study.yardsticks import measured
from tests.cli.test_cli import coldbench
from tests.report.fake import fake_study
from tests.studies import TINY, prepared

SETTINGS: dict[str, Any] = {
    "models": ("mine", "bias"),
    "variants": {"mine": {"base": "ridge", "options": {"penalty": 5}}},
    "options": {"bias": {"shrink_user": 1.5}},
    "dataset_options": TINY,
    "protocol": "mixed",
    "protocol_options": {"query": 4},
    "seeds": (3, 5),
    "shots": (1,),
    "scenarios": ("W-W", "C-C"),
    "refit": False,
    "margin": 0.01,
}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Planned; one of its learners has another name than what it configures."""
    out = tmp_path_factory.mktemp("joined") / "s"
    return unrun(StudyConfig(**SETTINGS, out=out))


def unrun(config: StudyConfig, looks: tuple[int, ...] = ()) -> Study:
    """The study of a configuration before its first run."""
    jobs, out = plan(measured(config))[1], config.out or Path()
    return prepared(
        out, jobs, config.dataset_options, margin=config.margin, looks=looks,
        yardsticks=("global-median",) if config.yardsticks else (),
    )  # fmt: skip


def test_everything_is_taken_from_the_study(stored: Study) -> None:
    config = joined(None, {"models": ("support-mean",), "out": stored.path})
    manifest = stored.manifest
    jobs = plan(measured(config))[1]
    assert all(manifest.mismatches(job) == [] for job in jobs if job.learner != "support-mean")
    fixed = {**manifest.fixed}
    for job in jobs:
        shared = job.model_dump(mode="json", exclude={"learner", "base", "config", "seeds"})
        assert shared == fixed
    assert {job.seeds.label for job in jobs} == {"3", "5"}
    assert config.margin == manifest.margin


def test_without_models_the_plan_is_the_stored_one(stored: Study) -> None:
    config = joined(None, {"out": stored.path})
    planned = {job.hash for job in plan(measured(config))[1]}
    assert planned == {job.job_hash for job in stored.manifest.jobs}


def test_what_was_said_before_may_be_said_again(stored: Study) -> None:
    said = {**SETTINGS, "out": stored.path}
    planned = {job.hash for job in plan(measured(joined(None, said)))[1]}
    assert planned == {job.job_hash for job in stored.manifest.jobs}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"shots": (0, 2)}, "shots 1, not 0,2: leave --shots away"),
        ({"protocol": "separate"}, "protocol mixed, not separate: leave --protocol away"),
        ({"dataset": "ml-1m"}, "data set synthetic, not ml-1m: leave --dataset away"),
        (
            {"dataset_options": {"n_users": 9}},
            "dataset.n_users 150, not 9: leave --set dataset.n_users away",
        ),
        (
            {"protocol_options": {"query": 6}},
            "protocol.query 4, not 6: leave --set protocol.query away",
        ),
        (
            {"models": ("bias",), "options": {"bias": {"shrink_user": 2}}},
            "bias.shrink_user 1.5, not 2.0: leave --set bias.shrink_user away",
        ),
        ({"refit": True}, "refit False, not True: leave --refit away"),
        ({"margin": 0.1}, "margin 0.01, not 0.1: leave --margin away"),
        ({"stop_by": "rmse"}, "stop_by mae, not rmse: leave --stop-by away"),
        (
            {"shots": (2,), "margin": 0.1},
            "shots 1, not 2; margin 0.01, not 0.1: leave --shots and --margin away",
        ),
    ],
)
def test_what_differs_is_refused_with_both_values_and_the_flag(
    stored: Study, said: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError) as refused:
        joined(None, {"models": ("ridge",), **said, "out": stored.path})
    assert told in str(refused.value)
    assert str(refused.value).startswith(f"{stored.path} has ")
    assert str(refused.value).endswith(", or choose another --out")


def test_how_strictly_the_data_are_read_is_a_setting_too(tmp_path: Path) -> None:
    fake_study(tmp_path, ["bias"], 2, dataset="ml-1m")
    said = {"models": ("ridge",), "dataset_options": {"strict": True}, "out": tmp_path}
    with pytest.raises(UsageError, match="strict False, not True: leave --strict away"):
        joined(None, said)


def test_how_many_users_are_drawn_is_a_setting_too(tmp_path: Path) -> None:
    fake_study(tmp_path, ["bias"], 2, dataset="ml-1m")
    said = {"models": ("ridge",), "dataset_options": {"users": 60}, "out": tmp_path}
    with pytest.raises(UsageError, match=r"dataset.users None, not 60: leave --set dataset.users"):
        joined(None, said)


def test_what_a_file_says_is_named_with_the_file(stored: Study, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"shots: [7]\nmodels: [ridge]\nout: {stored.path}\n")
    with pytest.raises(UsageError, match=r"shots 1, not 7: leave `shots` in .*mine\.yaml away"):
        joined(file, {})


def test_more_seeds_and_new_options_of_new_learners_are_free(stored: Study) -> None:
    said = {"models": ("ridge",), "options": {"ridge": {"penalty": 3}}, "seeds": 4}
    config = joined(None, {**said, "out": stored.path})
    jobs = [job for job in plan(measured(config))[1] if job.learner == "ridge"]
    assert [job.seeds.label for job in jobs] == ["0", "1", "2", "3"]
    assert jobs[0].config["penalty"] == 3


def test_another_design_may_be_asked_for(stored: Study) -> None:
    config = joined(None, {"models": ("ridge",), "design": "sources", "out": stored.path})
    assert (config.design, config.seeds) == ("sources", 10)


def test_a_part_of_a_nested_option_leaves_the_others_alone(tmp_path: Path) -> None:
    options = {"query": 4, "validation": {"query": 3, "users": 0.3}}
    study = unrun(
        StudyConfig(
            models=("bias",), dataset_options=TINY, protocol_options=options, out=tmp_path / "s"
        )
    )
    said: dict[str, Any] = {"models": ("ridge",), "out": study.path}
    config = joined(None, {**said, "protocol_options": {"validation": {"query": 3}}})
    assert config.protocol_options == study.manifest.fixed["protocol_options"]
    with pytest.raises(UsageError, match=r"leave --set protocol\.validation away"):
        joined(None, {**said, "protocol_options": {"validation": {"query": 5}}})


def test_a_learner_to_beat_comes_along(stored: Study) -> None:
    said = {"models": ("ridge",), "against": ("mine",), "out": stored.path}
    assert joined(None, said).models == ("ridge", "mine")


def test_looks_stay_those_of_the_study(tmp_path: Path) -> None:
    unrun(StudyConfig(models=("bias",), dataset_options=TINY, out=tmp_path / "s"), (5, 10))
    config = joined(None, {"models": ("ridge",), "out": tmp_path / "s"})
    assert (config.looks, config.seeds) == ((5, 10), 10)
    with pytest.raises(UsageError, match="at looks of 5 and 10 seeds: leave --seeds"):
        joined(None, {"models": ("ridge",), "seeds": 3, "out": tmp_path / "s"})


def test_a_study_without_yardsticks_gets_none(tmp_path: Path) -> None:
    out = tmp_path / "s"
    unrun(StudyConfig(models=("bias",), dataset_options=TINY, out=out, yardsticks=False))
    assert joined(None, {"models": ("ridge",), "out": out}).yardsticks is False
    assert joined(None, {"models": ("ridge",), "out": out, "yardsticks": True}).yardsticks


def test_a_folder_that_no_study_names_has_to_be_said(tmp_path: Path) -> None:
    fake_study(tmp_path, ["bias"], 2, dataset="mine")
    with pytest.raises(UsageError, match="was run on 'mine', read from a file or folder"):
        joined(None, {"models": ("ridge",), "out": tmp_path})


def test_learners_with_different_seeds_are_not_guessed_at(tmp_path: Path) -> None:
    out = tmp_path / "s"
    base: dict[str, Any] = {"dataset_options": TINY, "out": out, "yardsticks": False}
    unrun(StudyConfig(models=("bias",), seeds=4, **base))
    unrun(StudyConfig(models=("ridge",), seeds=2, **base))
    with pytest.raises(UsageError, match="different seeds: say --models and --seeds"):
        joined(None, {"out": out})
    assert joined(None, {"models": ("ridge",), "out": out}).seeds == (0, 1, 2, 3)


def test_a_study_of_frames_is_joined_in_python(tmp_path: Path) -> None:
    study = unrun(StudyConfig(models=("bias",), dataset_options=TINY, out=tmp_path / "s"))
    framed = study.manifest.data.model_copy(update={"frames": True})
    plan_of = study.manifest.model_copy(update={"data": framed})
    study.keep("study.json", plan_of.model_dump_json())
    with pytest.raises(UsageError, match=r"run_study\(config, ratings=\.\.\.\)"):
        joined(None, {"out": study.path})


def test_a_new_learner_joins_and_a_stopped_study_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "s"
    config = StudyConfig(models=("bias",), seeds=2, shots=(1,), dataset_options=TINY, out=out)
    run_study(config, workers=1, shard=(1, 2))
    words = ("run", "--workers", 1, "--out", out)
    assert coldbench(monkeypatch, *words) == 0
    assert coldbench(monkeypatch, *words, "-m", "ridge") == 0
    study = Study.open(out)
    assert len(study.stored()) == len(study.manifest.jobs) == 6
    assert {record.job.shots for record in study.records()} == {(1,)}
    capsys.readouterr()
    assert coldbench(monkeypatch, *words, "-m", "ridge", "--shots", "3") == 2
    assert capsys.readouterr().err == (
        f"coldbench: {out} has shots 1, not 3: leave --shots away, or choose another --out\n"
    )
