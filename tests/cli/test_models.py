"""`train`, `predict` and `export` on the command line: what they print and refuse."""

from pathlib import Path

import pandas as pd
import pytest

from tests.cli.test_cli import SIZE, coldbench

TRAIN = ("train", "ridge", "--out", "model", *SIZE)
SUPPORT = "user,item,rating\nanna,1,5\nanna,2,1\nbert,3,2\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("new.csv").write_text(SUPPORT)


def test_train_then_predict(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert coldbench(monkeypatch, *TRAIN, "--seeds", "2") == 0
    told = capsys.readouterr().out
    assert "ridge on synthetic: " in told
    assert "150 users and 120 items, 2 seeds to train." in told
    assert "seed 1: 1 epoch, " in told
    assert "Next: coldbench predict model --support new.csv" in told
    assert coldbench(monkeypatch, *TRAIN, "--seeds", "2") == 0
    assert "0 seeds to train, 2 stored already." in capsys.readouterr().out
    words = ("predict", "model", "--support", "new.csv", "--out", "deep/p.csv")
    assert coldbench(monkeypatch, *words) == 0
    assert capsys.readouterr().out == "deep/p.csv: 240 predictions for 2 users\n"
    table = pd.read_csv("deep/p.csv")
    assert list(table.columns) == ["user", "item", "prediction", "low", "high"]
    assert len(table) == 240
    assert coldbench(monkeypatch, *words, "--items", "2,zz,3") == 0
    told = capsys.readouterr()
    assert "4 predictions" in told.out
    assert told.err.startswith("note: left out: 1 item in --items that the model does not know")
    Path("items.csv").write_text("item,genre,release_year\n1,,\nnew,genre-1,1999\n")
    Path("users.csv").write_text("user,age\nanna,\ncarl,\n")
    extra = ("--items", "items.csv", "--users", "users.csv", "--top", "1")
    assert coldbench(monkeypatch, *words, *extra) == 0
    assert "3 predictions for 3 users" in capsys.readouterr().out
    assert coldbench(monkeypatch, "predict", "model", "--users", "users.csv", "--out", "p.csv") == 0
    assert "240 predictions for 2 users" in capsys.readouterr().out
    assert coldbench(monkeypatch, "predict", "model", "--out", "p.csv") == 2
    assert "--support with their ratings, --users, or both" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("train", "rige", "--out", "m"), 2, "did you mean 'ridge'"),
        (("train", "ridge", "--out", "m", "--set", "rige.penalty=1"), 2, "did you mean 'ridge'"),
        (("train", "ridge", "--out", "m", "--set", "ridge.penalti=1"), 2, "did you mean 'penalty'"),
        (("train", "ridge", "--out", "m", "--dataset", "ml-1n"), 2, "did you mean 'ml-1m'"),
        (("train", "ridge", "--out", "m", "--protocol", "al"), 2, "did you mean 'all'"),
        (("train", "ridge"), 2, "Missing option '--out'"),
        (("predict", "m", "--support", "new.csv", "--out", "p.csv"), 4, "m is no model: make one"),
        (("export", "nowhere", "--predictions", "p.csv"), 4, "nowhere is not a study"),
        (("tarin", "ridge"), 2, "did you mean 'train'"),
    ],
)
def test_refusals_are_one_line(
    words: tuple[str, ...], status: int, message: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    extra = SIZE if words[0] == "train" and "--dataset" not in words else []
    assert coldbench(monkeypatch, *words, *extra) == status
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert not Path("m").exists()


def test_refusals_of_tables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert coldbench(monkeypatch, *TRAIN) == 0
    assert coldbench(monkeypatch, "train", "bias", *TRAIN[2:]) == 2
    assert "replace it with --overwrite" in capsys.readouterr().err
    assert coldbench(monkeypatch, "train", "bias", *TRAIN[2:], "--overwrite") == 0
    Path("new.csv").write_text(SUPPORT.replace("anna,2,1", "anna,1,1"))
    words = ("predict", "model", "--support", "new.csv")
    assert coldbench(monkeypatch, *words, "--out", "p.csv") == 4
    assert "new.csv rows 1 and 2: user 'anna' rates item '1' twice" in capsys.readouterr().err
    Path("new.csv").write_text(SUPPORT)
    assert coldbench(monkeypatch, *words, "--out", "p.xlsx") == 2
    assert "p.xlsx: give a file that ends in .csv" in capsys.readouterr().err


def test_a_tuned_file_configures_what_is_trained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("tuned.yaml").write_text(
        "models: [soft, bias]\noptions: {bias: {sweeps: 3}, soft: {penalty: 99}}\n"
        "variants: {soft: {base: ridge, options: {sweeps: 7}}}\n"
    )
    words = ("train", "soft", "--config", "tuned.yaml", "--out", "model", *SIZE)
    assert coldbench(monkeypatch, *words) == 0
    from coldbench.models import open_model

    record = open_model("model").record
    assert (record.learner, record.base) == ("soft", "ridge")
    assert (record.config["penalty"], record.config["sweeps"]) == (99, 7)


def test_export(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    words = (
        "--no-yardsticks",
        "--models",
        "bias",
        "--seeds",
        "2",
        "--workers",
        "1",
        "--out",
        "study",
    )
    assert coldbench(monkeypatch, "run", *words, *SIZE) == 0
    capsys.readouterr()
    assert coldbench(monkeypatch, "export", "study", "--predictions", "p.parquet") == 0
    lines = len(pd.read_parquet("p.parquet"))
    assert capsys.readouterr().out == f"p.parquet: {lines:,} predictions of 2 runs\n"
