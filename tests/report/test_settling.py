"""`run --until settled`: planned looks, where they end, and what may not be mixed with them."""

import io
from pathlib import Path

import pandas as pd
import pytest

from coldbench.errors import StoreError, UsageError
from coldbench.report import build, csv_files, run_until_settled
from coldbench.report.settling import settling
from coldbench.report.topics.looks import Looks
from coldbench.study import Study, StudyConfig, run_study
from tests.cli.test_cli import SIZE, coldbench
from tests.report.fake import fake_study
from tests.studies import TINY

LOOKS = (3, 6, 12)


def config(out: Path, **given: object) -> StudyConfig:
    return StudyConfig.model_validate(
        {
            "models": ("bias", "global-mean"), "scenarios": ("W-W",), "dataset_options": TINY,
            "looks": LOOKS, "out": out, "yardsticks": False, **given,
        }
    )  # fmt: skip


def serial(config: StudyConfig) -> Study:
    return run_study(config, workers=1)


def test_seeds_are_added_until_all_is_decided_and_no_more(tmp_path: Path) -> None:
    study = run_until_settled(config(tmp_path / "s"), serial)
    data = build(study)
    (one,) = settling(data)
    assert one.settled.state == "different"
    reached = LOOKS[one.settled.look - 1]
    assert len(data.seeds) == reached < LOOKS[-1]
    before = study.stored()
    assert run_until_settled(config(tmp_path / "s"), serial).stored() == before
    text = data.of(Looks).sentences()[0].text
    assert f"after {reached}, of 1 comparisons 1 are shown to differ" in text
    assert Looks(data).section() is not None


def test_what_is_open_runs_to_the_last_look(tmp_path: Path) -> None:
    same = {"variants": {"twin": {"base": "bias"}}, "models": ("bias", "twin")}
    study = run_until_settled(config(tmp_path / "equal", **same), serial)
    (one,) = settling(build(study))
    assert (one.settled.state, one.settled.look) == ("equal", 1)
    tiny = config(tmp_path / "open", models=("bias", "ridge"), margin=1e-9, looks=(2, 3))
    study = run_until_settled(tiny, serial)
    (one,) = settling(build(study))
    assert (one.settled.state, one.settled.look) == ("open", 2)


def test_seeds_added_otherwise_are_refused(tmp_path: Path) -> None:
    run_until_settled(config(tmp_path / "s"), serial)
    with pytest.raises(StoreError, match="planned with looks at 3, 6, 12 seeds, not a fixed"):
        serial(config(tmp_path / "s", looks=(), seeds=20))
    with pytest.raises(UsageError, match="no looks are planned"):
        run_until_settled(config(tmp_path / "t", looks=()), serial)
    for looks in ((5, 5), (10, 5), (1, 2)):
        with pytest.raises(ValueError, match="rising numbers of seeds"):
            config(tmp_path / "t", looks=looks)


def test_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (
        "run",
        "--no-yardsticks",
        "-m",
        "bias,global-mean",
        *SIZE,
        "--scenarios",
        "W-W",
        "--workers",
        1,
    )
    until = ("--until", "settled", "--max-seeds", 10, "--margin", 0.01)
    assert coldbench(monkeypatch, *words, *until, "--out", tmp_path / "s") == 0
    manifest = Study.open(tmp_path / "s").manifest
    assert (manifest.looks, manifest.margin) == ((5, 10), 0.01)
    capsys.readouterr()
    assert coldbench(monkeypatch, *words, *until, "--seeds", 3) == 2
    assert "--until settled plans its own seeds, without --seeds" in capsys.readouterr().err
    assert coldbench(monkeypatch, *words, "--max-seeds", 10) == 2
    assert "--max-seeds belongs to --until settled" in capsys.readouterr().err


def test_verdicts_are_in_league_csv_and_the_table(tmp_path: Path) -> None:
    levels = {("melu", seed): 0.03 + 0.001 * seed for seed in range(8)}
    levels |= {("bias", seed): 0.05 * (seed % 2) for seed in range(8)}
    study = fake_study(tmp_path / "s", ("mamo", "melu", "bias"), 8, ("C-C",), levels=levels)
    league = pd.read_csv(io.StringIO(csv_files(study)["league.csv"])).set_index("learner")
    assert league.loc["mamo", "verdict"] == "best"
    assert league.loc["melu", "verdict"] == "worse"
    assert league.loc["melu", "rank_low"] >= 2
    melu = league.loc["melu"]
    assert 0 < melu["gap_low"] < melu["gap"] < melu["gap_high"]
    assert set(league["margin"]) == {0.005}
