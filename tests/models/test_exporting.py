"""Exported predictions are those that were scored, with the ids of the raw data."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coldbench.data import open_dataset
from coldbench.errors import DataError, StoreError
from coldbench.learning import Predictions
from coldbench.models import export_predictions
from coldbench.running import decode, encode
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.results import runs
from coldbench.study.store import Study
from tests.studies import TINY


@pytest.fixture
def study(config: StudyConfig) -> Study:
    return run_study(config.model_copy(update={"shots": (0, 2)}), workers=1)


@pytest.mark.parametrize("name", ["p.csv", "p.parquet"])
def test_the_scores_follow_from_the_table(name: str, study: Study, tmp_path: Path) -> None:
    lines, count = export_predictions(study, tmp_path / name)
    text = {"user": str, "item": str, "seed": str}
    read = pd.read_parquet if name.endswith("parquet") else pd.read_csv
    table = read(tmp_path / name, **({} if read is pd.read_parquet else {"dtype": text}))
    assert list(table.columns) == [
        "user", "item", "rating", "prediction", "learner", "seed", "scenario", "shots",
    ]  # fmt: skip
    assert len(table) == lines
    assert count == 4
    error = (table["rating"] - table["prediction"]).abs()
    keys = ["learner", "seed", "scenario", "shots"]
    mae = error.astype(np.float64).groupby([table[key] for key in keys]).mean()
    stored = runs(study)
    stored = stored[stored["metric"] == "mae"].set_index(keys)["value"]
    assert len(mae) == len(stored) == 4 * 4 * 3
    assert np.allclose(mae, stored.loc[mae.index], rtol=1e-6)
    ratings = open_dataset("synthetic", TINY)
    pairs = pd.Series(ratings.value, [ratings.user_id[ratings.user], ratings.item_id[ratings.item]])
    first = pairs[~pairs.index.duplicated()]
    some = table.drop_duplicates(["user", "item"])
    assert (
        first.loc[list(zip(some["user"], some["item"], strict=True))] == some["rating"].array
    ).all()


def test_what_cannot_be_exported_is_refused(study: Study, tmp_path: Path) -> None:
    out = tmp_path / "p.csv"
    run = study.runs / study.manifest.jobs[0].job_hash / "predictions.parquet"
    whole = run.read_bytes()
    old = decode(whole)
    run.write_bytes(encode(Predictions(old.row, old.score + 1, old.scenario, old.shots)))
    with pytest.raises(StoreError, match="the predictions were edited"):
        export_predictions(study, out)
    run.unlink()
    with pytest.raises(DataError, match="3 of 4 finished runs have their predictions"):
        export_predictions(study, out)
    assert not out.exists()


def test_other_data_are_refused(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coldbench.running.backends import fetch

    fetch._intact.cache_clear()
    monkeypatch.setenv("COLDBENCH_CACHE", str(tmp_path / "elsewhere"))
    with pytest.raises(DataError, match=r"not at hand; name them with --dataset .*fingerprint"):
        export_predictions(study, tmp_path / "p.csv", options={**TINY, "n_users": 140})
    export_predictions(study, tmp_path / "p.csv", options=study.manifest.dataset_options)
