"""Kill it anywhere, fill the disk, start it twice: nothing finished is lost, nothing is torn."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

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
from tests.studies import TINY
from tests.waiting import HANG, SOON, until

SIZE = [word for key, value in TINY.items() for word in ("--set", f"dataset.{key}={value}")]
pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


def victims(*words: object) -> dict[str, object]:
    command = [sys.executable, "-m", "tests.reliability.victim", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("kills", [4, pytest.param(50, marks=pytest.mark.slow)])
def test_killed_at_random_times(tmp_path: Path, kills: int) -> None:
    told = victims(tmp_path / "broken", "times", kills, 0)
    print(f"killed {told['kills']} times, runs stored after each: {told['stored']}")
    assert told["kills"] == kills
    stored = told["stored"]
    assert isinstance(stored, list)
    assert stored[-1] > stored[0], "no life stored a run"
    resumed = run_study(victim.config(tmp_path / "broken", kills + 4), workers=1)
    unbroken = run_study(victim.config(tmp_path / "unbroken", kills + 4), workers=1)
    assert contents(resumed) == contents(unbroken)
    assert results.runs(resumed).to_csv() == results.runs(unbroken).to_csv()
    assert len(list(resumed.runs.iterdir())) == 3 * (kills + 4)


def test_killed_at_every_step_of_a_save(tmp_path: Path) -> None:
    told = victims(tmp_path / "broken", "steps")
    print(f"killed at {told['kills']} disk operations")
    assert int(str(told["kills"])) >= 8
    study = Study.prepare(tmp_path / "broken", plan(victim.config(tmp_path / "broken", 14))[1])
    assert not [folder for folder in study.runs.iterdir() if folder.name.startswith(".")]


@pytest.mark.parametrize("change", ["again", "removed"])
def test_killed_at_every_step_of_a_change(tmp_path: Path, change: str) -> None:
    """The learner's runs are all there or all set aside; the others are as they were."""
    told = victims(tmp_path, change)
    print(f"killed at {told['kills']} disk operations; runs of the learner left: {told['stored']}")
    assert int(str(told["kills"])) >= 12
    assert set(told["stored"]) == {0, 2}  # type: ignore[arg-type]


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


def test_two_drivers_on_one_study(config: StudyConfig, tmp_path: Path) -> None:
    words = shell(
        "run",
        "--no-yardsticks",
        "-m",
        "bias,global-mean",
        "-s",
        8,
        "-w",
        1,
        "-o",
        tmp_path / "s",
        *SIZE,
    )
    drivers = [
        subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)
    ]
    for driver in drivers:
        _, error = driver.communicate(timeout=HANG)
        assert driver.returncode == 0, error
    study = Study.open(tmp_path / "s")
    assert len(list(study.runs.iterdir())) == 16
    alone = run_study(config.model_copy(update={"seeds": 8, "out": tmp_path / "alone"}), workers=1)
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
