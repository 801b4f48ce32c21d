"""An entry holds all that a review needs, the same bytes each time, and no data."""

import json
from pathlib import Path

import pytest

from coldbench.errors import StoreError, UsageError
from coldbench.league.entries.tuned import tuning_text
from coldbench.league.entries.writing import write_entry
from coldbench.league.packs import entering
from coldbench.league.packs.opening import Pack
from coldbench.study.entered import keep_entry, stored_entry
from coldbench.study.learner import learner_facts
from coldbench.study.verification import verify
from tests.cli.test_cli import coldbench
from tests.league.entries.conftest import SEEDS


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in sorted(folder.rglob("*")) if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_the_same_study_gives_the_same_bytes(
    good: Path, entered_mine: Path, tmp_path: Path
) -> None:
    made = write_entry(entered_mine, tmp_path / "again", learner_facts("mine"))
    files = contents(good)
    assert contents(tmp_path / "again") == files
    assert set(files) == {"entry.json", *made.files}
    assert not [name for name in files if name.endswith(".csv")]
    assert made.plugin.kept == "project"


def test_the_study_is_of_learner_and_sentinel_alone(good: Path) -> None:
    verdict = verify(good / "study")
    assert (verdict.passed, verdict.stored, verdict.predictions) == (True, 2 * SEEDS, 0)
    entry = json.loads((good / "entry.json").read_text())
    assert entry["entered"]["agreement"]["verdict"] == "bit for bit"
    assert "torch" in entry["environment"]["libraries"]
    card = (good / "card.md").read_text()
    assert "moved by the user's shrunken deviation" in card
    assert "| known | [] |" in card


def test_code_that_is_not_what_ran(entered_mine: Path, installed: Path, tmp_path: Path) -> None:
    from tests.league.entries.conftest import fresh

    level = installed / "mine.py"
    text = level.read_text()
    try:
        level.write_text(text + "\n# edited\n")
        fresh()
        with pytest.raises(UsageError, match="run it again with `coldbench enter`, then submit"):
            write_entry(entered_mine, tmp_path / "entry", learner_facts("mine"))
    finally:
        level.write_text(text)
        fresh()
    assert list(tmp_path.iterdir()) == []


def test_what_was_not_joined(entered_mine: Path, tmp_path: Path) -> None:
    kept = stored_entry(entered_mine)
    assert kept is not None
    keep_entry(tmp_path, kept.model_copy(update={"status": "leaks"}))
    with pytest.raises(UsageError, match=r"'mine' was not joined with tiny@1 \(leaks\)"):
        write_entry(tmp_path, tmp_path / "entry", {})


def test_an_entry_is_not_written_over(entered_mine: Path, entry: Path) -> None:
    with pytest.raises(StoreError, match="an entry is never replaced"):
        write_entry(entered_mine, entry, {})


def test_a_tuned_learner_shows_every_trial(tmp_path: Path) -> None:
    history = tmp_path / "history.csv"
    history.write_text("learner,trial,mae\nmine,0,.8\nmine,1,.7\nother,0,.6\n")
    assert (
        tuning_text("mine", {"trials": 2}, history) == "learner,trial,mae\nmine,0,.8\nmine,1,.7\n"
    )
    with pytest.raises(UsageError, match="has 2 configurations of 'mine', its study says that 3"):
        tuning_text("mine", {"trials": 3}, history)
    with pytest.raises(UsageError, match="'mine' was tuned, and an entry shows every trial"):
        tuning_text("mine", {"trials": 3}, None)


@pytest.mark.thorough
def test_enter_submits(
    pack: Pack, installed: Path, good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(entering, "audit_study", lambda *given, **named: [])
    words = ("--reference", pack.path, "--no-check", "--workers", "1", "--quiet")
    assert coldbench(monkeypatch, "enter", "mine", *words, "--submit", "entry") == 0
    assert set(contents(tmp_path / "entry")) == set(contents(good))
