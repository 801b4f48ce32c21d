"""The command line: exit status, one-line errors, no traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from coldbench.cli.main import main
from coldbench.errors import StoreError
from tests.studies import TINY

SIZE = [word for key, value in TINY.items() for word in ("--set", f"dataset.{key}={value}")]


def coldbench(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """The exit status of a command line, run in this process."""
    monkeypatch.setattr(sys, "argv", ["coldbench", *map(str, words)])
    try:
        main()
    except SystemExit as done:
        return int(done.code or 0)
    return 0


@pytest.mark.parametrize("given", ["3,1000", "1001", "seeds: [0, 2000]"])
@pytest.mark.parametrize(
    "command", [["run"], ["ablate", "plain"], ["evidence", "--learner", "plain"]]
)
def test_seeds_of_tuning_are_refused(
    command: list[str], given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.yaml").write_text(given)
    words = ["--config", "study.yaml"] if "seeds" in given else ["--seeds", given]
    if command[0] == "evidence" and "seeds" in given:
        words += ["--seeds", "1000,"]  # its default hides those of a file
    assert coldbench(monkeypatch, *command, *words) == 2
    assert "seeds from 1000 on are those of `coldbench tune`" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["study.yaml"]


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_run_then_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("--models", "bias,support-mean", "--seeds", "3", "--workers", "1")
    assert coldbench(monkeypatch, "run", *words, *SIZE) == 0
    assert coldbench(monkeypatch, "report") == 0
    study = tmp_path / "results" / "synthetic-separate"
    assert str(study.relative_to(tmp_path) / "report.html") in capsys.readouterr().out
    for name in ("report.html", "report.md", "summary.csv", "runs.csv"):
        assert (study / name).stat().st_size > 100


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("run", "--models", "mammo"), 2, "did you mean 'mamo'"),
        (("run", "--dataset", "ml-1n"), 2, "did you mean 'ml-1m'"),
        (("run", "--set", "bias.x=1", "--models", "bias"), 2, "unknown key 'x'"),
        (("run", "--seeds", "x"), 2, "whole numbers"),
        (("run", "--config", "missing.yaml"), 2, "cannot read missing.yaml"),
        (("run", "--models", "bias", "--protocol", "al"), 2, "did you mean 'all'"),
        (("report", "nowhere"), 4, "nowhere is not a study"),
        (("report",), 4, "coldbench run"),
        (("data", "import", "ml-1m", "nowhere.zip"), 4, "nowhere.zip"),
        (("rnu",), 2, "did you mean 'run'"),
        (("list", "modles"), 2, "models"),
    ],
)
def test_errors_name_the_fix(
    words: tuple[str, ...],
    status: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert coldbench(monkeypatch, *words) == status
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_a_failed_run_gives_status_3(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    toys: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ("run", "--models", "toy", "--seeds", "1", "--workers", "1", "--out", tmp_path / "s")
    assert coldbench(monkeypatch, *words, *SIZE, "--set", "toy.fault=raise") == 3
    assert "--retry-failed" in capsys.readouterr().out


def test_dry_run_runs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("run", "--models", "bias,ridge", "--seeds", "4", "--out", tmp_path / "s", "--dry-run")
    assert coldbench(monkeypatch, *words, *SIZE) == 0
    assert "12 runs, 0 stored" in capsys.readouterr().out
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("what", ["models", "datasets", "protocols", "metrics"])
def test_lists(
    what: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert coldbench(monkeypatch, "list", what) == 0
    expected = {"models": "melu", "datasets": "ml-1m", "protocols": "mixed", "metrics": "ndcg@5"}
    assert expected[what] in capsys.readouterr().out


def test_data_info(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    words = [f"{key}={value}" for key, value in TINY.items()]
    options = [word for text in words for word in ("--set", text)]
    assert coldbench(monkeypatch, "data", "info", "synthetic", *options) == 0
    assert "6000" in capsys.readouterr().out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['coldbench', '--help']\n"
        "from coldbench.cli.main import main\n"
        "try: main()\n"
        "finally: print({'torch', 'pandas', 'numpy', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith("set()"), done.stdout + done.stderr


def test_debug_shows_where_an_error_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert coldbench(monkeypatch, "verify", tmp_path) == 4
    assert capsys.readouterr().err.startswith(f"coldbench: {tmp_path} is not a study")
    with pytest.raises(StoreError, match="is not a study"):
        coldbench(monkeypatch, "--debug", "verify", tmp_path)
    assert coldbench(monkeypatch, "verify", "--debug", tmp_path) == 2
    assert coldbench(monkeypatch, "run", "--resume") == 2
