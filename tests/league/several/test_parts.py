"""What a command that names several data sets asks for."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from coldbench.errors import UsageError
from coldbench.league import parts_of
from coldbench.league.several.parts import split_names
from tests.report.fake import fake_study


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def file_of(**keys: Any) -> Path:
    Path("study.yaml").write_text(yaml.safe_dump(keys))
    return Path("study.yaml")


def keys_of(file: Path | None = None, **said: Any) -> dict[str, dict[str, Any]]:
    parts = parts_of(file, said)
    assert parts is not None
    return {part.name: part.keys for part in parts.parts}


def test_one_data_set_is_a_study_as_ever() -> None:
    Path("a,b").mkdir()
    assert parts_of(None, {}) is None
    assert parts_of(None, {"dataset": "ml-100k", "out": Path("s")}) is None
    assert parts_of(None, {"dataset": "a,b"}) is None  # a folder of that name wins
    assert parts_of(file_of(dataset="ml-100k", models=["bias"]), {}) is None


def test_names_stand_between_commas_unless_a_path_has_one() -> None:
    Path("x,y").mkdir()
    assert split_names("ml-100k,x,y,synthetic") == ["ml-100k", "x,y", "synthetic"]
    assert split_names("x, y,") == ["x", "y"]


def test_several_names_are_a_folder_with_a_study_each() -> None:
    Path("data/hin amazon").mkdir(parents=True)
    parts = parts_of(None, {"dataset": "ml-100k,data/hin amazon", "models": ["bias"]})
    assert parts is not None
    assert parts.folder == Path("results/data-sets-separate")
    assert [part.keys for part in parts.parts] == [
        {"models": ["bias"], "dataset": "ml-100k", "out": parts.folder / "ml-100k"},
        {"models": ["bias"], "dataset": "data/hin amazon", "out": parts.folder / "hin-amazon"},
    ]


def test_the_command_line_wins_then_the_data_set_then_the_file() -> None:
    Path("tuned.yaml").write_text(
        yaml.safe_dump(
            {"dataset": "ml-100k", "models": ["mf", "ridge"],
             "options": {"mf": {"size": 8}, "ridge": {"penalty": 9, "shrink_user": 2}},
             "tuning": {"mf": {"trials": 5}, "ridge": {"trials": 7}}}
        )
    )  # fmt: skip
    file = file_of(
        datasets={
            "small": {"dataset": "synthetic", "dataset_options": {"n_users": 90}},
            "ml-100k": {"tuned": "tuned.yaml", "options": {"ridge": {"shrink_user": 4}}},
        },
        models=["ridge", "bias"], seeds=3, options={"ridge": {"penalty": 1}}, out="league",
    )  # fmt: skip
    keys = keys_of(file, seeds=5, dataset_options={"n_items": 70})
    assert keys["small"]["dataset"] == "synthetic"
    assert keys["small"]["dataset_options"] == {"n_users": 90, "n_items": 70}
    assert keys["small"]["options"] == {"ridge": {"penalty": 1}}
    tuned = keys["ml-100k"]
    assert (tuned["dataset"], tuned["seeds"], tuned["models"]) == ("ml-100k", 5, ["ridge", "bias"])
    assert tuned["options"] == {"ridge": {"penalty": 9, "shrink_user": 4}}
    assert tuned["tuning"] == {"ridge": {"trials": 7}}
    assert tuned["out"] == Path("league/ml-100k")
    said = keys_of(file, options={"ridge": {"penalty": 30}})
    assert said["ml-100k"]["options"]["ridge"] == {"penalty": 30, "shrink_user": 4}


def test_a_command_chooses_data_sets_of_a_file() -> None:
    file = file_of(
        datasets={"a": {"dataset": "synthetic", "options": {"mf": {"size": 2}}}, "b": {}}
    )
    chosen = keys_of(file, dataset="a,ml-100k")
    assert list(chosen) == ["a", "ml-100k"]
    assert chosen["a"]["options"] == {"mf": {"size": 2}}
    assert list(keys_of(file, dataset="a")) == ["a"]


def test_a_folder_of_studies_is_gone_on_with(tmp_path: Path) -> None:
    for place, name in enumerate(("a", "b")):
        fake_study(tmp_path / "league" / name, ["bias"], 2, data=f"1{place}")
    assert keys_of(None, out=Path("league"), seeds=9) == {
        name: {"seeds": 9, "out": Path("league") / name} for name in ("a", "b")
    }
    more = keys_of(None, out=Path("league"), dataset="ml-100k")
    assert more == {"ml-100k": {"dataset": "ml-100k", "out": Path("league/ml-100k")}}


@pytest.mark.parametrize(
    ("keys", "said", "told"),
    [
        ({}, {"dataset": "x/data,y/data"}, "would both be called data"),
        ({"datasets": ["a"], "dataset": "b"}, {}, "dataset and datasets in one file"),
        ({"datasets": "a,b"}, {}, "datasets: write a list of names or folders"),
        ({"datasets": {"a": {"seeds": 3}}}, {}, "a.seeds: the same for all data sets"),
        ({"datasets": {"a": {"modles": []}}}, {}, "of datasets.a 'modles': did you mean 'models'"),
        ({"datasets": {"../a": {}}}, {}, "cannot name a folder"),
        ({"datasets": ["synthetic"]}, {"out": Path("study")}, "study is a study"),
    ],
)
def test_what_cannot_be_run_is_refused(
    keys: dict[str, Any], said: dict[str, Any], told: str, tmp_path: Path
) -> None:
    fake_study(tmp_path / "study", ["bias"], 2)
    for name in ("x/data", "y/data"):
        Path(name).mkdir(parents=True)
    with pytest.raises(UsageError, match=told):
        parts_of(file_of(**keys) if keys else None, said)
