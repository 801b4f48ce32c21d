"""Studies: the same numbers with any number of workers, and after any interruption."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from coldbench.study import results
from coldbench.study.config import StudyConfig
from coldbench.study.drive import Progress, run_study
from coldbench.study.store import Study
from coldbench.study.verification import verify
from tests.studies import TINY
from tests.waiting import SOON, until


def csv(study: Study) -> str:
    return results.runs(study).to_csv()


@pytest.mark.slow  # reliability/test_environment compares two workers with one every time
def test_one_worker_or_two(config: StudyConfig, tmp_path: Path) -> None:
    one = run_study(config, workers=1)
    two = run_study(config.model_copy(update={"out": tmp_path / "two"}), workers=2)
    assert csv(one) == csv(two)


def test_finished_runs_are_not_repeated(config: StudyConfig) -> None:
    study = run_study(config, workers=1)
    shutil.rmtree(next(study.runs.iterdir()))
    seen: list[object] = []
    progress = Progress(lambda todo, stored: seen.append((todo, stored)), seen.append)
    run_study(config, workers=1, progress=progress)
    assert seen[0] == (1, 3)
    assert len(seen) == 2


def test_code_that_changed_is_told(config: StudyConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[str]] = []
    run_study(config, workers=1)
    run_study(config, workers=1, progress=Progress(changed=told.append))
    for module in ("study.drive", "running.origin"):
        monkeypatch.setattr(f"coldbench.{module}.code_of", lambda base: f"2:edited {base}")
    wider = config.model_copy(update={"seeds": 3})
    study = run_study(wider, workers=1, progress=Progress(changed=told.append))
    assert told == [[], ["bias", "global-mean"]]
    notes = [finding.text for finding in verify(study.path).of("note")]
    assert any(
        re.search(r"'bias' ran with different code: .*'2:edited bias' \(1 run", n) for n in notes
    )


def test_fingerprints_of_another_scheme_say_nothing(
    config: StudyConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records of earlier versions have one of the whole package: no edit has happened."""
    changed: list[list[str]] = []
    with monkeypatch.context() as earlier:
        earlier.setattr("coldbench.running.origin.code_of", lambda base: "0123456789abcdef")
        run_study(config, workers=1)
    wider = config.model_copy(update={"seeds": 3})
    study = run_study(wider, workers=1, progress=Progress(changed=changed.append))
    assert changed == [[]]
    assert not [one for one in verify(study.path).of("note") if "different code" in one.text]


def test_moving_or_adding_changes_no_other_run(config: StudyConfig, tmp_path: Path) -> None:
    small = results.runs(run_study(config, workers=1))
    big = config.model_copy(
        update={"models": ("ridge", "bias", "global-mean"), "seeds": 3, "out": tmp_path / "big"}
    )
    whole = results.runs(run_study(big, workers=1))
    both = whole.merge(small, on=["job", "scenario", "metric"])
    assert len(both) == len(small)
    assert (both.value_x == both.value_y).all()


@pytest.mark.thorough
def test_a_dead_and_a_hanging_worker_cost_their_jobs_only(config: StudyConfig, toys: None) -> None:
    mixed = {
        "models": ("toy", "drawn", "bias"), "seeds": 1,
        "options": {"toy": {"fault": "die"}, "drawn": {"fault": "hang"}},
    }  # fmt: skip
    study = run_study(config.model_copy(update=mixed), workers=2, timeout=10)
    records = {record.job.learner: record for record in study.records()}
    assert {name: record.status for name, record in records.items()} == {
        "toy": "failed", "drawn": "failed", "bias": "finished",
    }  # fmt: skip
    assert "worker died twice" in records["toy"].reason
    assert "longer than the time-out of 10 s" in records["drawn"].reason
    alone = config.model_copy(update={"models": ("bias",), "out": config.out / "alone"})
    scores = {record.job_hash: record.scores for record in run_study(alone, workers=1).records()}
    assert scores[records["bias"].job_hash] == records["bias"].scores


LONG = {"models": ("bias", "global-mean", "ridge"), "seeds": 16}
RUNS = 48


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The numbers of a study that nobody stopped."""
    out = tmp_path_factory.mktemp("unbroken")
    return csv(
        run_study(StudyConfig(**LONG, dataset_options=TINY, out=out, yardsticks=False), workers=1)
    )


KILLED = pytest.param(signal.SIGKILL, marks=pytest.mark.slow)  # as in reliability/test_crash


@pytest.mark.thorough
@pytest.mark.parametrize(
    "signum", [KILLED, pytest.param(signal.SIGINT, marks=pytest.mark.thorough), signal.SIGTERM]
)
def test_stopped_and_resumed(
    config: StudyConfig, tmp_path: Path, unbroken: str, signum: signal.Signals
) -> None:
    out = tmp_path / "stopped"
    command = [
        sys.executable, "-m", "coldbench", "run", "--models", ",".join(LONG["models"]),
        "--seeds", str(LONG["seeds"]), "--workers", "1", "--out", str(out), "--no-yardsticks",
        *(word for key, value in TINY.items() for word in ("--set", f"dataset.{key}={value}")),
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    started = until(
        lambda: len(list(out.glob("runs/[!.]*/record.json"))) >= 3 or process.poll() is not None
    )
    assert process.poll() is None, process.stderr.read() if process.stderr else ""
    os.kill(process.pid, signum)
    stopped = until(lambda: process.poll() is not None)
    _, error = process.communicate()
    if signum != signal.SIGKILL:
        assert stopped < max(SOON, started)
        assert process.returncode == 130
        assert b"Finished runs are kept" in error
    stored = len(list(out.glob("runs/[!.]*/record.json")))
    assert 3 <= stored < RUNS
    seen: list[tuple[int, int]] = []
    resumed = run_study(
        config.model_copy(update={**LONG, "out": out}),
        workers=1,
        progress=Progress(lambda todo, stored: seen.append((todo, stored))),
    )
    assert seen == [(RUNS - stored, stored)]
    assert csv(resumed) == unbroken
