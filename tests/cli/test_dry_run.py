"""`--dry-run` refuses what `run` refuses, in the same words, and leaves nothing behind."""

from pathlib import Path

import pytest
import torch

from tests.cli.test_cli import SIZE, coldbench
from tests.edited import Edit

BIAS = ("--models", "bias", "--seeds", "1", "--workers", "1")


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edit: Edit) -> Path:
    """A folder with a study `s` and a file `file`."""
    monkeypatch.chdir(tmp_path)
    words = ("--models", "bias,mine", "--seeds", "1", "-w", "1", "--no-check", "--out", "s")
    assert coldbench(monkeypatch, "run", *words, *SIZE) == 0
    (tmp_path / "file").write_text("no folder")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ((*BIAS, "--set", "bias.shrink_user=99", "--out", "s"), 2, "choose another --out"),
        ((*BIAS, "--protocol", "mixed", "--out", "s"), 2, "choose another --out"),
        ((*BIAS, "--out", "file/below"), 4, "cannot write to file"),
        ((*BIAS, "--out", "file"), 4, "cannot write to file"),
        ((*BIAS, "--backend", "tractor"), 2, "unknown backend 'tractor'"),
        ((*BIAS, "--engine", "speed=high"), 2, "has no settings, got 'speed'"),
        ((*BIAS, "--track", "diary:x"), 2, "unknown tracker 'diary'"),
        ((*BIAS, "--dataset", "nowhere"), 2, "nowhere"),
        ((*BIAS, "--device", "cuda", "--dataset", "nowhere"), 2, "torch finds no CUDA device"),
        ((*BIAS, "--shard", "2/1"), 2, "K from 1 to N"),
        (("--again", "mime", "--out", "s"), 2, "did you mean 'mine'"),
        (("--again", "mine", "--out", "s", "--set", "mine.siz=1"), 2, "did you mean 'size'"),
        (("--again", "mine", "--out", "s", "--seeds", "3"), 2, "without --seeds"),
        (("--again", "mine", "--out", "s", "--protocol", "all"), 2, "without --protocol"),
        (("--again", "mine", "--out", "s", "--no-refit"), 2, "without --refit"),
        (("--again", "mine"), 2, "say which, with --out"),
        (("--again", "mine", "--out", "nowhere"), 4, "nowhere is not a study"),
        (("--again", "mine", "--out", "s", "--engine", "speed=high"), 2, "has no settings"),
    ],
)
def test_a_dry_run_refuses_what_a_run_refuses(
    stored: Path, words: tuple[str, ...], status: int, told: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    size = () if "--again" in words else SIZE
    before = {file: file.stat().st_mtime_ns for file in stored.rglob("*")}
    said = []
    for dry in (("--dry-run",), ()):
        assert coldbench(monkeypatch, "run", *words, *size, *dry) == status
        said.append(capsys.readouterr().err)
    assert told in said[0]
    assert said[0] == said[1]
    del before[stored / "s" / ".lock"]
    after = {file: file.stat().st_mtime_ns for file in stored.rglob("*")}
    assert {file: time for file, time in after.items() if file in before and file.is_file()} == {
        file: time for file, time in before.items() if file.is_file()
    }


def _files(folder: Path) -> dict[Path, bytes]:
    """All but what Python compiles."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc")
    return {file: file.read_bytes() for file in files}


@pytest.mark.thorough
def test_a_dry_run_of_again_changes_nothing(
    stored: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(training="self.edited = True")
    before = _files(stored)
    assert coldbench(monkeypatch, "run", "--again", "mine", "--out", "s", "--dry-run") == 0
    assert "1 run, 0 stored already." in capsys.readouterr().out
    edited = stored / "site" / "mine.py"
    after = _files(stored)
    assert after == before | {edited: edited.read_bytes()}


@pytest.mark.thorough
def test_again_and_remove(
    stored: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(training="self.edited = True")
    assert coldbench(monkeypatch, "run", "--again", "mine", "--out", "s", "-w", "1") == 0
    assert "mine: 1 run set aside, see `coldbench compare s/aside/1 s`." in capsys.readouterr().out
    assert coldbench(monkeypatch, "compare", "s/aside/1", "s") == 0
    assert coldbench(monkeypatch, "remove", "mine", "--out", "s") == 0
    assert "'mine' is out of s; 1 run kept in s/aside/2" in capsys.readouterr().out
    assert coldbench(monkeypatch, "verify", "s") == 0
    assert coldbench(monkeypatch, "remove", "mine", "--out", "s") == 2
