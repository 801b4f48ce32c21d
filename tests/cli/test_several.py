"""`run`, `report`, `verify` on several data sets, on the command line and in Python."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

import coldbench as public
from coldbench.errors import StoreError
from tests.cli.test_cli import coldbench
from tests.league.several.conftest import made
from tests.studies import TINY

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
OTHER = {**TINY, "n_ratings": 5000}
FILE = {
    "datasets": {
        "one": {"dataset": "synthetic", "dataset_options": TINY},
        "two": {
            "dataset": "synthetic",
            "dataset_options": OTHER,
            "options": {"mf": {"factors": 4}},
        },
    },
    "models": ["ridge", "mf"],
    "seeds": 2,
    "out": "league",
}


def write(**keys: Any) -> None:
    Path("several.yaml").write_text(yaml.safe_dump({**FILE, **keys}))


def facts_of(monkeypatch: Patch, capsys: Capture, *words: object) -> dict[str, Any]:
    capsys.readouterr()
    assert coldbench(monkeypatch, *words, "--json") == 0
    facts: dict[str, Any] = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    return facts


@pytest.mark.thorough
def test_run_goes_on_and_its_folder_is_reported_and_verified(
    tmp_path: Path, monkeypatch: Patch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    write()
    words = ("run", "--config", "several.yaml", "--workers", 1)
    planned = facts_of(monkeypatch, capsys, *words, "--dry-run")
    assert (planned["runs"], planned["stored"], list(planned["studies"])) == (16, 0, ["one", "two"])
    assert planned["seconds"] == sum(one["seconds"] for one in planned["studies"].values())
    assert not Path("league").exists()
    assert coldbench(monkeypatch, *words, "--dataset", "two") == 0
    assert [file.parent.name for file in Path("league").glob("*/study.json")] == ["two"]
    capsys.readouterr()
    assert coldbench(monkeypatch, *words) == 0
    told = capsys.readouterr().out
    assert "one, data set 1 of 2\n8 runs to do." in told
    assert "two, data set 2 of 2\n0 runs to do, 8 stored already." in told
    assert told.strip().endswith("Next: coldbench report league")
    ran = facts_of(monkeypatch, capsys, "run", "--out", "league", "--seeds", 3, "--workers", 1)
    assert {name: one["runs"]["finished"] for name, one in ran["studies"].items()} == {
        "one": 12, "two": 12,
    }  # fmt: skip
    factors = json.loads(Path("league/two/study.json").read_text())["learners"]["mf"]["factors"]
    assert factors == 4
    listed = facts_of(monkeypatch, capsys, "studies", ".")
    assert [one["name"] for one in listed["studies"]] == ["league/one", "league/two"]
    verified = facts_of(monkeypatch, capsys, "verify", "league")
    assert (verified["passed"], list(verified["studies"])) == (True, ["one", "two"])


def test_what_refuses_one_data_set_refuses_all_before_anything_runs(
    tmp_path: Path, monkeypatch: Patch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    broken = {**FILE["datasets"], "bad": {"dataset": "./empty"}}  # type: ignore[dict-item]
    write(datasets=broken)
    for dry in ((), ("--dry-run",)):
        assert coldbench(monkeypatch, "run", "-c", "several.yaml", "-w", 1, *dry) in (2, 4)
        assert capsys.readouterr().err.startswith("coldbench: bad: ")
        assert not (tmp_path / "league").exists()


@pytest.mark.thorough
def test_a_folder_of_studies_has_a_report_of_all(
    tmp_path: Path, monkeypatch: Patch, capsys: Capture
) -> None:
    made(tmp_path)
    facts = facts_of(monkeypatch, capsys, "report", tmp_path)
    assert facts["data_sets"] == ["books", "films", "goods"]
    assert "The best meta-learner is shown ahead of the best other" in facts["answer"][0]
    assert "mf has the highest skill" in facts["answer"][1]
    assert "mf on 2 of 3" in facts["answer"][2]
    for name in ("books", "films", "goods"):
        assert (tmp_path / name / "report.html").exists()
    page = (tmp_path / "report.html").read_text("utf-8")
    assert '<a href="./books/report.html">books</a>' in page
    assert "icl (2 of 3)" in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")
    markdown = (tmp_path / "report.md").read_text("utf-8")
    assert "![W-W: skill" in markdown
    for name in ("league", "skills", "runs", "meta", "agreement", "left-out", "seconds"):
        assert (tmp_path / f"{name}.csv").stat().st_size > 100
    before = (tmp_path / "report.html").read_bytes()
    assert coldbench(monkeypatch, "report", tmp_path) == 0
    assert (tmp_path / "report.html").read_bytes() == before
    assert "W-W: Shown to beat ridge on every data set: nobody" in capsys.readouterr().out


@pytest.mark.thorough
def test_commands_that_want_one_study_name_those_of_a_folder(
    tmp_path: Path, monkeypatch: Patch, capsys: Capture
) -> None:
    made(tmp_path)
    for words in (("show",), ("merge", "--out", "whole"), ("power",), ("cite",)):
        assert coldbench(monkeypatch, *words, tmp_path) == 4, words
        assert "it holds the studies books, films, goods: name one" in capsys.readouterr().err
    with pytest.raises(StoreError, match="it holds the studies books, films, goods"):
        public.open_study(tmp_path)
    league = public.open_league(tmp_path)
    assert repr(league) == f"<coldbench league {tmp_path}: 5 learners on books, films, goods>"
    assert set(league.frame["scenario"]) == {"W-W", "C-C"}
    assert "mf" in league._repr_html_()
    assert league.report(tmp_path / "elsewhere") == tmp_path / "elsewhere" / "report.html"
    assert (tmp_path / "elsewhere" / "goods" / "report.html").exists()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_was_tuned_on_each_data_set_runs_on_it(
    tmp_path: Path, monkeypatch: Patch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    write(seeds=[1000])
    words = ("--config", "several.yaml", "--trials", 2, "--seeds", "1000,", "--out", "tuning")
    facts = facts_of(monkeypatch, capsys, "tune", *words)
    assert facts["file"] == "tuning/datasets.yaml"
    ran = ("run", "--config", facts["file"], "--seeds", 1, "--workers", 1, "--out", "league")
    assert coldbench(monkeypatch, *ran) == 0
    for name in ("one", "two"):
        plan = json.loads((tmp_path / "league" / name / "study.json").read_text())
        tuned = yaml.safe_load((tmp_path / "tuning" / name / "tuned.yaml").read_text())
        assert plan["tuning"]["ridge"]["trials"] == 2
        options = tuned.get("options", {}).get("ridge", {})
        assert options.items() <= plan["learners"]["ridge"].items()
