"""Every block of the README as it stands: Python as a script, commands as far as they are quick."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from coldbench.cli.main import cli
from coldbench.study.store import Study, latest_study
from coldbench.study.yardsticks import YARDSTICKS
from tests.cli.test_cli import coldbench
from tests.conformance.pages import ROOT, blocks
from tests.report.conftest import composed_one

README = ROOT / "README.md"
INLINE = re.compile(r"`(coldbench [^`]+)`")


def commands() -> list[str]:
    """Of the indented blocks, comments left out."""
    found = re.findall(r"^    (\S.*)$", README.read_text("utf-8"), re.MULTILINE)
    return [line.split("  # ")[0].strip() for line in found]


def test_every_block_is_looked_at() -> None:
    """Indented ones hold commands of four tools; fenced ones are Python."""
    tools = {shlex.split(line)[0] for line in commands()}
    assert tools == {"make", "python3", "pip", "coldbench"}
    assert {language for language, _, _ in blocks(README)} == {"python"}


@pytest.mark.filterwarnings("default")
def test_python_runs_as_a_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a main guard; then `coldbench report` finds what it made."""
    for place, (_, _, text) in enumerate(blocks(README)):
        script = tmp_path / f"{place}.py"
        script.write_text(text)
        ran = subprocess.run(
            [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=300,
            check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr[-3000:]
        assert "mae" in ran.stdout
    records = list(Study.open(latest_study(tmp_path / "results")).records())
    assert {record.status for record in records} == {"finished"}
    assert len(records) == 9, "one yardstick was not asked for"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("coldbench.report.drawing.draw.drawn", composed_one)
    assert "coldbench report" in commands()
    assert coldbench(monkeypatch, "report") == 0


def studies() -> list[str]:
    """The commands that run a study, on the embedded data."""
    found = [line for line in commands() if line.startswith("coldbench run")]
    return [line.replace("DATA", "synthetic") for line in found]


@pytest.mark.parametrize("line", studies())
def test_studies_can_be_run(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All names and options hold; `test_studies_run` runs them in full."""
    monkeypatch.chdir(tmp_path)
    assert coldbench(monkeypatch, *shlex.split(line)[1:], "--dry-run") == 0
    seeds = int(line.split("--seeds ")[1].split()[0])
    models = {*line.split("--models ")[1].split()[0].split(","), *YARDSTICKS}
    assert f"{seeds * len(models)} runs" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("line", studies())
def test_studies_run(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert coldbench(monkeypatch, *shlex.split(line)[1:]) == 0


@pytest.mark.parametrize("line", sorted(set(INLINE.findall(README.read_text("utf-8")))))
def test_commands_in_the_text_are_taken(line: str) -> None:
    """Each names a command, with arguments and options that it has."""
    words = shlex.split(line)[1:]
    command: click.Command = cli
    while isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    command.make_context(command.name, words)


def test_installation_is_that_of_make() -> None:
    """Both build learn2learn with the same options, and have the targets that the README names."""
    make = (ROOT / "Makefile").read_text("utf-8")
    options = re.search(r"^L2L := (.+)$", make, re.MULTILINE)
    assert options is not None
    pip = [line for line in commands() if line.startswith("pip")]
    assert pip == ["pip install -r requirements.txt", f"pip install {options[1]}"]
    assert (ROOT / "requirements.txt").exists()
    for line in commands():
        if line.startswith("make"):
            target = line.split()[1]
            assert re.search(rf"^{target}:", make, re.MULTILINE), line
