"""The commands in a report, parsed as the command line parses them, plan the same jobs."""

import shlex
from pathlib import Path
from typing import Any

import pytest

from coldbench.cli.commands.run import overrides, run
from coldbench.report import build
from coldbench.report.document import Document
from coldbench.report.recipe import recipe_of
from coldbench.rng import Seeds
from coldbench.study.config import StudyConfig, read_config
from coldbench.study.designs import seed_vectors
from coldbench.study.drive import run_study
from coldbench.study.manifest import Manifest
from coldbench.study.planning import plan
from coldbench.study.store import Study
from coldbench.study.yardsticks import YARDSTICKS, added, measured
from tests.report.fake import fake_study
from tests.report.real import TINY, real_study
from tests.studies import prepared

SMALL = {"epochs": 2, "embedding": 8, "hidden": [8]}
GIVEN: dict[str, dict[str, Any]] = {
    "data set options": {},
    "protocol": {"protocol": "mixed", "protocol_options": {"query": 4}},
    "nested protocol": {"protocol_options": {"query": 4, "validation": {"query": 3}}},
    "scenarios and shots": {"scenarios": ("C-C", "W-W"), "shots": (0, 2), "refit": False},
    "learner options": {"options": {"bias": {"shrink_user": 1.5}}},
    "an option as it was before it existed": {"options": {"bias": {"median_shift": False}}},
    "variants": {
        "models": ("bias", "small", "tuned"),
        "variants": {
            "small": {"base": "plain", "options": SMALL},
            "tuned": {"base": "plain-finetune", "options": SMALL},
        },
    },
    "sources": {"design": "sources", "seeds": (3, 1, 0, 2, 7)},
    "sources without rounding": {"design": "sources-4", "seeds": (3, 1, 0, 2, 7)},
    "cross": {"design": "cross:order,split", "seeds": (4, 2, 9)},
    "cross of rounding": {"design": "cross:init,rounding", "seeds": (4, 2, 9)},
    "one seed": {"seeds": (5,)},
}


def planned(study: Study, folder: Path) -> set[str]:
    """Hashes of the jobs that the printed file and commands plan."""
    origin = next(one for one in build(study).of(Document).sections if one.key == "origin")
    (_, text), (_, commands) = origin.code
    (folder / "study.yaml").write_text(text)
    hashes: set[str] = set()
    *runs, last = commands.splitlines()
    assert last == "coldbench report again"
    for command in runs:
        words = shlex.split(command)
        assert words[:2] == ["coldbench", "run"]
        given = dict(run.make_context("run", words[2:]).params)
        said = {**given, **overrides(given["models"], given["assign"])}
        said = {k: v for k, v in said.items() if k in StudyConfig.model_fields and v is not None}
        config = read_config(folder / given["config"], said)
        assert config.out == Path("again")
        hashes |= {job.hash for job in plan(config)[1]}
    return hashes


@pytest.mark.parametrize("name", GIVEN)
def test_the_recipe_plans_the_same_jobs(name: str, tmp_path: Path) -> None:
    settings = {"models": ("bias",), "seeds": 2, "dataset_options": TINY, **GIVEN[name]}
    config = StudyConfig.model_validate(settings)
    _, jobs = plan(config)
    study = fake_record(prepared(tmp_path / "study", jobs, config.dataset_options), jobs)
    assert planned(study, tmp_path) == {job.hash for job in jobs}
    assert len(recipe_of(study).commands) == 1


def fake_record(study: Study, jobs: list[Any]) -> Study:
    """One run that failed is enough for a report."""
    from coldbench.running.run import failure

    study.save(failure(jobs[0], "failed", "invented"))
    return study


def test_a_study_grown_in_parts_is_repeated_in_parts(tmp_path: Path) -> None:
    base = {"dataset_options": TINY, "out": tmp_path / "study"}
    parts = [
        {"models": ("bias", "global-mean"), "seeds": 6},
        {"models": ("bias",), "design": "sources", "seeds": 5},
    ]
    hashes = set()
    for part in parts:
        config = StudyConfig.model_validate({**base, **part})
        _, jobs = plan(config)
        study = prepared(tmp_path / "study", jobs, config.dataset_options)
        hashes |= {job.hash for job in jobs}
    assert planned(fake_record(study, jobs), tmp_path) == hashes
    assert len(recipe_of(study).commands) == 3


def test_seed_vectors_of_no_design_are_named(tmp_path: Path) -> None:
    odd = [Seeds(0, 1, 2, 3), Seeds(5, 1, 0, 3), *seed_vectors("joint", (0, 1))]
    study = fake_study(tmp_path, ["bias"], odd)
    found = recipe_of(study)
    assert found.missing == ("0.1.2.3", "5.1.0.3")
    assert "--seeds 0,1" in found.commands[0] or "seeds:\n- 0\n- 1" in found.config
    notes = next(one for one in build(study).of(Document).sections if one.key == "origin").notes
    assert "0.1.2.3" in notes[0]


def test_a_folder_of_ratings_has_to_be_named(tmp_path: Path) -> None:
    study = fake_study(tmp_path, ["bias"], 2, dataset="mine")
    assert "--dataset FOLDER" in recipe_of(study).commands[0]


def test_paths_stay_out_of_the_plan(tmp_path: Path) -> None:
    _, jobs = plan(StudyConfig(models=("bias",), seeds=1, dataset_options=TINY))
    manifest = Manifest.of(jobs, {"path": "/home/somebody", "min_rating": 1})
    assert manifest.dataset_options == {"min_rating": 1}


def test_old_plans_are_read_and_completed(tmp_path: Path) -> None:
    study = real_study(tmp_path, models=("global-mean",), seeds=1)
    text = (tmp_path / "study.json").read_text()
    old = text.replace(text[text.index(',\n "dataset_options"') :], "\n}")
    (tmp_path / "study.json").write_text(old)
    assert study.manifest.dataset_options == {}
    real_study(tmp_path, models=("global-mean",), seeds=2)
    assert study.manifest.dataset_options == TINY


def test_published_values_of_the_configuration_reach_the_report(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    row = "{label: Ours 2024, dataset: synthetic, learner: bias, source: Page 3, values: {C-C: 1}}"
    file.write_text(f"margin: 0.02\nrows: [{row}]\n")
    study = real_study(tmp_path / "study", models=("bias",), seeds=2, published=file)
    data = build(study)
    assert [(row.label, margin) for row, margin in data.published] == [("Ours 2024", 0.02)]
    section = next(one for one in data.of(Document).sections if one.key == "published")
    assert "Ours 2024: Page 3." in section.notes
    assert section.tables[0].rows[0][3].text == "bias"


def test_wrong_published_values_stop_before_any_run(tmp_path: Path) -> None:
    from coldbench.errors import UsageError

    file = tmp_path / "mine.yaml"
    file.write_text("rows: [{label: A, dataset: b, learner: c, source: d, values: {C-D: 1}}]")
    config = StudyConfig(
        models=("bias",), dataset_options=TINY, published=file, out=tmp_path / "study"
    )
    with pytest.raises(UsageError, match="unknown scenario 'C-D'"):
        run_study(config, workers=1)
    assert not (tmp_path / "study").exists()


def test_yardsticks_are_planned_again_as_such(tmp_path: Path) -> None:
    for name, seeds in (("ridge", 2), ("mf", 4)):
        config = StudyConfig(models=(name,), seeds=seeds, dataset_options=TINY)
        study = prepared(
            tmp_path / "study", plan(measured(config))[1], TINY, yardsticks=added(config)
        )
    found = recipe_of(study)
    hashes: set[str] = set()
    (tmp_path / "study.yaml").write_text(found.config)
    for command in found.commands:
        given = dict(run.make_context("run", shlex.split(command)[2:]).params)
        said = {"models": given["models"], "design": given["design"], "seeds": given["seeds"]}
        config = read_config(tmp_path / "study.yaml", said)
        assert added(config) == tuple(YARDSTICKS)
        hashes |= {job.hash for job in plan(measured(config))[1]}
    assert hashes == {job.job_hash for job in study.manifest.jobs}
