"""Own frames straight into a study, and its results as a frame."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import coldbench
from coldbench.errors import UsageError
from coldbench.report.recipe import FILE, recipe_of
from coldbench.study.config import StudyConfig
from coldbench.study.digest import digest_of
from coldbench.study.drive import Progress

COLUMNS = ["dataset", "protocol", "learner", "seed", "scenario", "metric", "value"]


def frame(scale: str = "stars") -> pd.DataFrame:
    rng = np.random.default_rng(0)
    user, item = (part.ravel() for part in np.indices((40, 30)))
    value = (
        rng.uniform(0, 10, len(user)) if scale == "continuous" else rng.integers(1, 6, len(user))
    )
    return pd.DataFrame({"user": user, "item": item, "rating": value})


@pytest.fixture
def own(tmp_path: Path) -> StudyConfig:
    return StudyConfig(
        models=("bias", "global-mean"),
        seeds=2,
        shots=(1,),
        out=tmp_path / "study",
        yardsticks=False,
    )


def test_frames_go_straight_into_a_study(own: StudyConfig) -> None:
    ratings = coldbench.from_frames(frame(), name="mine")
    study = coldbench.run_study(own, workers=1, backend="processes", ratings=ratings)
    results = study.results()
    assert list(results)[: len(COLUMNS)] == COLUMNS
    assert set(results["dataset"]) == {"mine"}
    assert set(results["shots"]) == {-1, 1}
    assert (results["status"] == "finished").all()
    key = ["learner", "seed", "scenario", "metric", "shots"]
    assert not results.duplicated(key).any()
    assert results.loc[results["metric"] == "mae", "value"].between(0, 4).all()
    data = study.manifest.data
    assert (data.frames, data.rows_sha256) == (True, ratings.rows_sha256)
    assert data.warnings == ratings.warnings != ()
    assert study.manifest.dataset_options == {}


def test_the_same_frames_let_it_go_on_and_others_do_not(own: StudyConfig) -> None:
    ratings = coldbench.from_frames(frame(), name="mine")
    coldbench.run_study(own, workers=1, ratings=ratings)
    seen: list[object] = []
    progress = Progress(lambda todo, stored: seen.append((todo, stored)))
    again = own.model_copy(update={"seeds": 3})
    coldbench.run_study(again, workers=1, ratings=ratings, progress=progress)
    assert seen == [(2, 4)]
    other = coldbench.from_frames(frame().iloc[1:], name="mine")
    with pytest.raises(coldbench.ColdbenchError, match="other data that are called 'mine'"):
        coldbench.run_study(own, workers=1, ratings=other)


def test_two_data_sets_or_none(own: StudyConfig) -> None:
    ratings = coldbench.from_frames(frame(), name="mine")
    with pytest.raises(UsageError, match="dataset in the configuration, and ratings besides"):
        coldbench.run_study(StudyConfig(dataset="synthetic", out=own.out), ratings=ratings)
    with pytest.raises(UsageError, match="ratings is a 'DataFrame': make Ratings"):
        coldbench.run_study(own, ratings=frame())  # type: ignore[arg-type]


def test_a_continuous_scale_goes_all_the_way(own: StudyConfig) -> None:
    ratings = coldbench.from_frames(frame("continuous"), name="slider", scale=(0, 10, 0))
    study = coldbench.run_study(own, workers=1, ratings=ratings)
    assert (study.results()["status"] == "finished").all()
    assert digest_of(study, list(study.records()))[0].lines


def test_a_study_says_what_was_doubted(own: StudyConfig) -> None:
    told: list[Sequence[str]] = []
    ratings = coldbench.from_frames(frame(), name="mine")
    progress = Progress(warned=told.append)
    coldbench.run_study(own, workers=1, ratings=ratings, progress=progress)
    of_data, of_tasks = told
    assert of_data == ratings.warnings
    assert "seed 0: nobody can be tested in W-C or C-C" in of_tasks[0]


def test_runs_say_what_content_they_read(own: StudyConfig) -> None:
    items = pd.DataFrame({"item": range(30), "genre": ["a", "b", "c"] * 10})
    ratings = coldbench.from_frames(frame(), None, items, name="mine")
    config = own.model_copy(update={"models": ("melu", "bias"), "seeds": 1, "shots": ()})
    config = config.model_copy(update={"options": {"melu": {"epochs": 1}}})
    study = coldbench.run_study(config, workers=1, ratings=ratings)
    read = {record.job.learner: record.provenance["content_read"] for record in study.records()}
    assert read == {"melu": ["item_fields", "user_fields"], "bias": []}
    rows = {record.provenance["rows_sha256"] for record in study.records()}
    assert rows == {ratings.rows_sha256}


def test_the_recipe_of_frames_is_python(
    own: StudyConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)  # which saves the start of two workers
    ratings = coldbench.from_frames(frame(), name="mine")
    study = coldbench.run_study(own, workers=1, ratings=ratings)
    recipe = recipe_of(study)
    (tmp_path / FILE).write_text(recipe.config)
    with contextlib.chdir(tmp_path):
        exec("\n".join(recipe.commands), {"ratings": ratings})
    again = coldbench.open_study(tmp_path / "again")
    assert again.stored() == study.stored()
    pd.testing.assert_frame_equal(again.results(), study.results())
