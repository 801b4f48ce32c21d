"""`data info` and `run` say what was understood of the data, and what to doubt."""

import json
from pathlib import Path

import pytest

from tests.cli.test_cli import coldbench
from tests.data.odd import ITEMS, atomic, rated

ODD = [("item_id:token", "price:float"), *((i, "—" if i == 3 else i) for i in range(1, ITEMS + 1))]
SENTENCE = (
    "price: 1 of 30 values cannot be read as numbers and count as unknown; first odd.item:4: '—'"
)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    timed = [(*row, 1_600_000_000_000 + 60_000 * n) for n, row in enumerate(rated())]
    return atomic(tmp_path / "odd", timed, items=ODD)


def test_info_begins_with_what_was_understood(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert coldbench(monkeypatch, "data", "info", folder, "--set", "scale=1,5,1") == 0
    shown = capsys.readouterr().out
    understood = "Understood: times are milliseconds since 1970; converted to seconds\n"
    assert f"{understood}Warning: {SENTENCE}\n" in shown.partition("ratings per user")[0]
    for word in ("sha256", "rows sha256", "content sha256", "share unknown", "3.33 %"):
        assert word in shown


@pytest.mark.parametrize("prefix", ["", "dataset."])
def test_info_takes_the_options_that_messages_name(
    prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    table = tmp_path / "lent.csv"
    rows = [f"p{n % 9},v{n % 7},{1 + n % 5},noir" for n in range(60)]
    table.write_text("\n".join(["patron,volume,liking,shelf", *rows]))
    assert coldbench(monkeypatch, "data", "info", str(table)) == 4
    assert "--set dataset.columns.user=NAME" in capsys.readouterr().err
    pairs = ("user=patron", "item=volume", "rating=liking")
    flags = [word for pair in pairs for word in ("--set", f"{prefix}columns.{pair}")]
    assert coldbench(monkeypatch, "data", "info", str(table), *flags, "--json") == 0
    understood = json.loads(capsys.readouterr().out)["understood"]
    assert understood[-1] == (
        "not used of lent.csv: 'shelf'; content is read from other files of a folder, such as a "
        "table with 'volume', once for each item, and its content"
    )


@pytest.mark.parametrize("command", [["data", "info"], ["run", "-m", "bias", "--dataset"]])
def test_strict_refuses(
    command: list[str], folder: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert coldbench(monkeypatch, *command, folder, "--strict") == 4
    assert SENTENCE in capsys.readouterr().err


def test_run_warns_once_on_standard_error(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    words = ["--until", "settled", "--max-seeds", 2, "-w", 1, "--out", tmp_path / "study"]
    assert (
        coldbench(
            monkeypatch, "run", "--no-yardsticks", "-m", "bias,global-mean", "-d", folder, *words
        )
        == 0
    )
    out, err = capsys.readouterr()
    assert err.count(f"Warning: {SENTENCE}\n") == 1
    assert SENTENCE not in out
    assert coldbench(monkeypatch, "report", tmp_path / "study") == 0
    report = (tmp_path / "study" / "report.md").read_text("utf-8")
    assert "price: 1 of 30 values cannot be read as numbers" in report
    assert str(tmp_path) not in report


def test_a_dry_run_warns_too(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        coldbench(
            monkeypatch, "run", "--no-yardsticks", "-m", "bias", "-d", folder, "-s", 1, "--dry-run"
        )
        == 0
    )
    assert f"Warning: {SENTENCE}\n" in capsys.readouterr().err
