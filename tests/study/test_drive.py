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


@pytest.mark.parametrize(
    ("fault", "timeout", "reason"),
    [("die", None, "worker died twice"), ("hang", 20, "longer than the time-out of 20 s")],
)
def test_a_dead_or_hanging_worker_costs_its_job_only(
    config: StudyConfig, toys: None, fault: str, timeout: float | None, reason: str
) -> None:
    mixed = {"models": ("toy", "bias"), "seeds": 1, "options": {"toy": {"fault": fault}}}
    study = run_study(config.model_copy(update=mixed), workers=2, timeout=timeout)
    found = {record.job.learner: record for record in study.records()}
    assert found["toy"].status == "failed"
    assert reason in found["toy"].reason
    assert found["bias"].status == "finished"
    alone = config.model_copy(update={"models": ("bias",), "out": config.out / "alone"})
    scores = {record.job_hash: record.scores for record in run_study(alone, workers=1).records()}
    assert scores[found["bias"].job_hash] == found["bias"].scores


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_stopped_and_resumed(config: StudyConfig, tmp_path: Path, signum: signal.Signals) -> None:
    out = tmp_path / "stopped"
    command = [
        sys.executable, "-m", "coldbench", "run", "--models", "bias,global-mean,ridge",
        "--seeds", "24", "--workers", "1", "--out", str(out),
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
    assert 3 <= stored < 72
    full = config.model_copy(update={"models": ("bias", "global-mean", "ridge"), "seeds": 24})
    seen: list[tuple[int, int]] = []
    resumed = run_study(
        full.model_copy(update={"out": out}),
        workers=1,
        progress=Progress(lambda todo, stored: seen.append((todo, stored))),
    )
    assert seen == [(72 - stored, stored)]
    whole = run_study(full.model_copy(update={"out": tmp_path / "w"}), workers=1)
    assert csv(resumed) == csv(whole)
