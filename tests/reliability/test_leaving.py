"""Who has nothing left to do leaves: no thread or process of ours outlives a command's work, and
on a busy machine every process ends with status 0."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reliability.faults import shell
from tests.studies import TINY
from tests.waiting import HANG

SIZE = [word for key, value in TINY.items() for word in ("--set", f"dataset.{key}={value}")]
RUN = ("run", "--no-yardsticks", "-m", "bias", "-s", "2", "-o", "study", *SIZE)
NOBODY = {"status": 0, "python": 0, "native": 0, "processes": 0}
AT_ONCE, ROUNDS = 10, 3  # processes, each with one or more below it


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The current folder, empty; child processes find these tests."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def left_by(*commands: str) -> list[object]:
    """What is alive when each command is done; see `leaving.py`."""
    words = " -- ".join(commands).split()
    command = [sys.executable, "-m", "tests.reliability.leaving", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stderr.splitlines() if line.startswith('{"status"')]


@pytest.mark.thorough
@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="lists threads as Linux does")
def test_nothing_is_alive_when_a_command_is_done(elsewhere: Path) -> None:
    commands = [" ".join((*RUN, "--workers", "2")), "verify study --replay 1"]
    commands.append("report study --format csv")
    assert left_by(*commands) == [NOBODY] * len(commands)


@pytest.mark.slow
@pytest.mark.parametrize("words", [("doctor",), (*RUN, "--workers", "2")], ids=["doctor", "run"])
def test_all_leave_a_busy_machine_with_status_0(elsewhere: Path, words: tuple[str, ...]) -> None:
    """Each is the others' load."""
    for number in range(AT_ONCE * ROUNDS):
        (elsewhere / str(number)).mkdir()
    for first in range(0, AT_ONCE * ROUNDS, AT_ONCE):
        started = [
            subprocess.Popen(
                shell(*words), cwd=elsewhere / str(number), stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True,
            )
            for number in range(first, first + AT_ONCE)
        ]  # fmt: skip
        told = [process.communicate(timeout=HANG)[1] for process in started]
        assert [process.returncode for process in started] == [0] * AT_ONCE, told
