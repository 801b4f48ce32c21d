"""Kill it anywhere, fill the disk, start it twice: nothing finished is lost, nothing is torn."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coldbench.errors import StoreError
from coldbench.running.run import run_job
from coldbench.study import results
from coldbench.study.again import remove
from coldbench.study.config import StudyConfig
from coldbench.study.drive import run_study
from coldbench.study.planning import plan
from coldbench.study.store import Study
from coldbench.study.verification import verify
from tests.reliability import victim
from tests.reliability.faults import at_step, contents, no_space, shell, whole
from tests.studies import TINY, prepared
from tests.waiting import HANG, SOON, until

SIZE = [word for key, value in TINY.items() for word in ("--set", f"dataset.{key}={value}")]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


Told = dict[str, dict[str, Any]]


def victims(*words: object) -> Told:
    """What a process of its own says, from which drivers are forked; see `victim.py`."""
    command = [sys.executable, "-m", "tests.reliability.victim", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG, check=False)
    assert done.returncode == 0, done.stderr
    told: Told = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the studies of the victims lie, by mode."""
    return tmp_path_factory.mktemp("victims")


@pytest.fixture(scope="module")
def told(folder: Path) -> Told:
    return victims(folder, "steps", "two", "again", "removed")


@pytest.mark.thorough
def test_killed_at_random_times(tmp_path: Path) -> None:
    _is_whole_after(4, victims(tmp_path, "times", 4, 0)["times"], tmp_path / "times", tmp_path)


@pytest.mark.slow
def test_killed_very_often(tmp_path: Path) -> None:
    _is_whole_after(50, victims(tmp_path, "times", 50, 0)["times"], tmp_path / "times", tmp_path)


def _is_whole_after(kills: int, told: dict[str, Any], broken: Path, tmp_path: Path) -> None:
    print(f"killed {told['kills']} times, runs stored after each: {told['stored']}")
    assert told["kills"] == kills
    stored = told["stored"]
    assert isinstance(stored, list)
    assert stored[-1] > stored[0], "no life stored a run"
    resumed = run_study(victim.config(broken, kills + 4), workers=1)
    unbroken = run_study(victim.config(tmp_path / "unbroken", kills + 4), workers=1)
    assert contents(resumed) == contents(unbroken)
    assert results.runs(resumed).to_csv() == results.runs(unbroken).to_csv()
    assert len(list(resumed.runs.iterdir())) == 3 * (kills + 4)


def test_killed_at_every_step_of_a_save(told: Told, folder: Path) -> None:
    kills = told["steps"]["kills"]
    print(f"killed at {kills} disk operations")
    assert kills >= 8
    broken = folder / "steps"
    study = prepared(broken, plan(victim.config(broken, 14))[1])
    assert not [folder for folder in study.runs.iterdir() if folder.name.startswith(".")]


@pytest.mark.parametrize("change", ["again", "removed"])
def test_killed_at_every_step_of_a_change(told: Told, change: str) -> None:
    """The learner's runs are all there or all set aside; the others are as they were."""
    kills, left = told[change]["kills"], told[change]["stored"]
    print(f"killed at {kills} disk operations; runs of the learner left: {left}")
    assert kills >= 12
    assert set(left) == {0, 2}


def test_the_disk_is_full_at_every_step_of_a_change(study: Study, tmp_path: Path) -> None:
    before = contents(study)
    for number in range(1, 100):
        path = tmp_path / str(number)
        shutil.copytree(study.path, path)
        with at_step(number, no_space) as steps, contextlib.suppress(StoreError):
            remove(Study.open(path), ["bias"])
        left = Study.open(path)
        assert verify(path).intact
        kept = contents(left)
        assert len(kept) == (2 if left.manifest.history else 4)
        assert all(before[job] == told for job, told in kept.items())
        if len(steps) < number:
            break
    assert number > 8


def test_the_disk_is_full_at_every_step(study: Study, config: StudyConfig) -> None:
    before = contents(study)
    outcome = run_job(plan(config.model_copy(update={"seeds": (7,)}))[1][0])
    for number in range(1, 100):
        with at_step(number, no_space) as steps, contextlib.suppress(StoreError):
            study.save(outcome)
        whole(study)
        kept = contents(study)
        assert {job: kept[job] for job in before} == before
        if len(steps) < number:
            break
    assert number > 8
    assert len(kept) == len(before) + 1


@pytest.mark.slow
def test_a_full_disk_stops_a_study_with_status_4(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "def full(handle): raise OSError(28, 'No space left on device')\n"
        "from coldbench.cli.main import main\n"
        f"sys.argv = ['coldbench', 'run', '-m', 'bias', '-s', '2', '-w', '1', *{SIZE!r}]\n"
        "os.fsync = full\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 4
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_two_drivers_on_one_study(told: Told, folder: Path, tmp_path: Path) -> None:
    assert told["two"]["statuses"] == [0, 0]
    study = Study.open(folder / "two")
    assert len(list(study.runs.iterdir())) == 15
    alone = run_study(victim.config(tmp_path / "alone", 5), workers=1)
    assert contents(study) == contents(alone)


@pytest.mark.slow
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_worker_processes_stop_within_five_seconds(
    strangers: Path, tmp_path: Path, signum: signal.Signals
) -> None:
    out = tmp_path / "s"
    words = ("--set", "sleeper.seconds=0.2", "-s", 40, "-w", 2, "-o", out, *SIZE, "--no-yardsticks")
    driver = subprocess.Popen(shell("run", "-m", "sleeper", *words), stderr=subprocess.PIPE,
                              stdout=subprocess.DEVNULL)  # fmt: skip
    started = until(lambda: len(list(out.glob("runs/[!.]*/record.json"))) >= 3)
    driver.send_signal(signum)
    stopped = until(lambda: driver.poll() is not None)
    _, error = driver.communicate()
    assert stopped < max(SOON, started)
    assert driver.returncode == 130
    assert b"Finished runs are kept" in error
    study = Study.open(out)
    whole(study)
    assert 3 <= len(list(study.records())) < 40
