"""What has been run, what is in a study, what there is to run."""

from pathlib import Path

import pytest

from coldbench.cli.facts.studies import studies_in
from coldbench.cli.facts.study import study_facts
from coldbench.cli.main import cli
from coldbench.league.packs import costs
from coldbench.league.packs.costs import cost_of
from coldbench.study import learner_facts
from coldbench.study.store import Study
from tests.cli.test_cli import coldbench
from tests.report.fake import fake_study

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole study, one with a failure and a hole, and one that is broken."""
    fake_study(tmp_path / "whole", ["melu"], 2)
    fake_study(
        tmp_path / "partial", ["mamo", "bias"], 3, status={("mamo", 1): "failed"},
        absent=[("bias", 2)],
    )  # fmt: skip
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "study.json").write_text("{")
    (tmp_path / "notes").mkdir()
    return tmp_path


def test_a_line_a_study_and_broken_ones_are_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert coldbench(monkeypatch, "studies", folder) == 0
    told = capsys.readouterr().out
    lines = [line.split() for line in told.splitlines() if line.strip()]
    whole = next(words for words in lines if words[0] == "whole")
    assert whole[1:6] == ["ml-1m", "separate", "melu", "2", "2"]
    assert whole[6] == "0123456"
    partial = next(words for words in lines if words[0] == "partial")
    assert partial[1:10] == ["ml-1m", "separate", "mamo,", "bias", "3", "4", "of", "6,", "1"]
    assert f"broken: cannot be read: {folder / 'broken' / 'study.json'} is damaged" in told


def test_runs_are_counted(folder: Path) -> None:
    counts = {one["name"]: one.get("runs") for one in studies_in(folder)}
    assert counts == {
        "whole": {"planned": 2, "finished": 2, "declined": 0, "failed": 0, "missing": 0},
        "partial": {"planned": 6, "finished": 4, "declined": 0, "failed": 1, "missing": 1},
        "broken": None,
    }
    assert [one["name"] for one in studies_in(folder / "whole")] == ["whole"]


def test_a_folder_without_studies_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert coldbench(monkeypatch, "studies", tmp_path) == 4
    assert "start one with `coldbench run`" in capsys.readouterr().err


def test_what_is_in_a_study(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    assert coldbench(monkeypatch, "show", folder / "partial") == 0
    told = capsys.readouterr().out
    assert "mamo: 1 of 3 runs did not finish: loss is nan in epoch 3" in told
    assert "Runs: 4 of 6, 1 failed." in told
    facts = study_facts(Study.open(folder / "partial"))
    assert facts["fingerprints"]["dataset"] == "ab" * 32
    assert facts["settings"]["seeds"] == ["0", "1", "2"]
    mamo, bias = facts["learners"]
    assert (mamo["runs"]["failed"], bias["runs"]["missing"]) == (1, 1)
    assert mamo["options"] == {"patience": 4, "rate": 0.002, "epochs": 12}


def test_a_learner_is_described(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    assert coldbench(monkeypatch, "describe", "melu") == 0
    told = capsys.readouterr().out
    assert "Lee, Im, Jang, Cho, Chung: MeLU, KDD 2019" in told
    assert "theta_b = theta - inner_rate" in told
    assert "inner_rate" in told
    assert "0.01 to 0.5, log" in told
    facts = learner_facts("melu")
    assert facts["target"] == "baselines.maml.melu:MeLU"
    tuned = {one["name"]: one["tuned"] for one in facts["options"]}
    assert tuned["batch_size"] == {"values": (32, 64, 128, 256)}
    assert tuned["epochs"] is None


def test_its_cost_is_that_of_a_reference_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    cost = cost_of("bias")
    assert cost is not None
    assert cost["dataset"] == "ml-1m"
    assert 0 < cost["seconds"] < 5
    assert cost_of("nobody") is None
    monkeypatch.setattr(costs, "MEASURED", ("ml-100k",))
    assert (cost_of("bias") or {})["pack"].startswith("ml-100k@")


def test_a_wrong_name_suggests_the_right_one(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert coldbench(monkeypatch, "describe", "mello") == 2
    assert "unknown learner 'mello': did you mean 'melu'?" in capsys.readouterr().err


def test_list_alone_lists_everything(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    assert coldbench(monkeypatch, "list") == 0
    told = capsys.readouterr().out
    places = [told.index(word) for word in ("models", "melu", "datasets", "ml-1m", "protocols",
                                            "mixed", "metrics", "ndcg@5")]  # fmt: skip
    assert places == sorted(places)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("_COLDBENCH_COMPLETE", f"{shell}_source")
    monkeypatch.setattr("click.shell_completion.BashComplete._check_version", lambda *_: None)
    with pytest.raises(SystemExit) as done:
        cli.main([], prog_name="coldbench")
    assert not done.value.code
    assert f"_COLDBENCH_COMPLETE={shell}_complete" in capsys.readouterr().out
