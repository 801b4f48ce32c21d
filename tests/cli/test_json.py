"""`--json`: one object alone on standard output, with the keys that docs/commands.md names."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from coldbench.cli.main import cli
from tests.cli.test_cli import SIZE, coldbench
from tests.conformance.pages import DOCS
from tests.report.fake import fake_study

Capture = pytest.CaptureFixture[str]
RUN = ("--models", "ridge,support-mean", "--seeds", "3", "--workers", "1", *SIZE)
CALLS: dict[str, tuple[object, ...]] = {
    "run": ("run", *RUN, "--out", "made"),
    "ablate": ("ablate", "ridge", "--vary", "sweeps=2", *RUN[2:], "--out", "ablated"),
    "run --dry-run": ("run", *RUN, "--dry-run"),
    "report": ("report", "study", "--figures", "svg"),
    "compare": ("compare", "study", "other"),
    "power": ("power", "study"),
    "tune": ("tune", "--models", "ridge", "--trials", 2, "--seeds", "1000,", *SIZE),
    "evidence": ("evidence", "--learner", "plain", "--seeds", 1, "--questions", 2, "--set",
                 "plain.epochs=1", *SIZE),
    "verify": ("verify", "study"),
    "audit": ("audit", "bias", *SIZE),
    "check": ("check", "metric", "mae"),
    "list": ("list",),
    "data list": ("data", "list"),
    "data info": ("data", "info", "synthetic"),
    "describe": ("describe", "bias"),
    "studies": ("studies", "."),
    "reference list": ("reference", "list"),
    "show": ("show", "study"),
}  # fmt: skip

ELSEWHERE = {"doctor", "enter", "reference show"}  # below, and in tests/league/packs


def documented() -> dict[str, set[str]]:
    """Keys by command, from the table of the page."""
    table = (DOCS / "commands.md").read_text("utf-8").partition("## JSON")[2]
    rows = re.findall(r"^\| (`[^|]+) \| (`[^|]+) \|$", table.partition("\n## ")[0], re.MULTILINE)
    return {
        name: set(re.findall(r"`([^`]+)`", keys))
        for names, keys in rows
        for name in re.findall(r"`([^`]+)`", names)
    }


def words_of(group: Any, prefix: str = "") -> list[str]:
    found = []
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found += words_of(command, f"{prefix}{name} ")
        elif any(param.name == "as_json" for param in command.params):
            found.append(f"{prefix}{name}")
    return found


def test_the_page_has_every_command_with_json() -> None:
    assert set(documented()) == {*words_of(cli), "run --dry-run"}
    assert set(CALLS) == set(documented()) - ELSEWHERE


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("name", CALLS)
def test_one_object_alone_with_the_keys_of_the_page(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    for place in ("study", "other"):
        fake_study(tmp_path / place, ["mamo", "bias"], 3)
    capfd.readouterr()
    status = coldbench(monkeypatch, *CALLS[name], "--json")
    told = capfd.readouterr()
    assert status in (0, 3, 4), told.err
    facts = json.loads(told.out, parse_constant=pytest.fail)
    assert set(facts) == documented()[name]


def test_doctor(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    from coldbench.cli import doctor

    made = [doctor.Check("data", "note", "ready: synthetic", "see `coldbench data`")]
    monkeypatch.setattr(doctor, "examine", lambda: iter(made))
    assert coldbench(monkeypatch, "doctor", "--json") == 0
    facts = json.loads(capsys.readouterr().out)
    assert set(facts) == documented()["doctor"]
    assert facts["checks"][0] == {
        "name": "data", "level": "note", "observed": "ready: synthetic",
        "advice": "see `coldbench data`",
    }  # fmt: skip


def test_quiet_prints_results_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    words = ("run", *RUN[:2], *SIZE, "--seeds", 2, "--workers", 1, "--out", tmp_path / "s")
    assert coldbench(monkeypatch, *words, "--quiet") == 0
    told = capsys.readouterr()
    assert "ridge" in told.out
    for word in ("to do", "100 %", "Next:", "Files:"):
        assert word not in told.out + told.err
    assert coldbench(monkeypatch, *words) == 0
    assert "Next: coldbench report" in capsys.readouterr().out


def test_a_failure_prints_no_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert coldbench(monkeypatch, "show", tmp_path, "--json") == 4
    assert capsys.readouterr().out == ""
