"""Lives and deaths of a driver: forks, runs a study in the child, kills it, and starts again.

    python -m tests.reliability.victim OUT MODE ...

times KILLS SEED: killed after random times; steps: killed at each step of a save; again, removed:
of setting runs aside, of taking a learner out; two: two drivers at once, with nobody killed.
Several modes may follow each other: a new process takes as long to start as one of them.
Prints JSON, by mode: kills (children that died by the signal), stored (runs after each death); of
`two`, the exit statuses.
"""

import json
import os
import shutil
import signal
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

from coldbench.running.run import run_job
from coldbench.study import again
from coldbench.study.config import StudyConfig
from coldbench.study.drive import Progress, run_study
from coldbench.study.packing import pack
from coldbench.study.planning import plan
from coldbench.study.store import Study
from coldbench.study.verification import verify
from tests.reliability.faults import at_step, contents, die, whole
from tests.studies import TINY, prepared

LONGEST = 0.1  # seconds of a life after its last counted run; one run takes 0.02 to 0.1


def config(out: Path, seeds: int) -> StudyConfig:
    """Three runs a seed."""
    models = ("bias", "global-mean", "support-mean")
    return StudyConfig(models=models, seeds=seeds, dataset_options=TINY, out=out, yardsticks=False)


def life(study: StudyConfig, runs: int, seconds: float) -> tuple[bool, int]:
    """One life of a driver, ended so long after it reported so many runs as stored; whether it was
    killed, and how many it reported."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        progress = Progress(
            start=lambda todo, kept: os.write(write, b"s") and None,
            done=lambda record: os.write(write, b".") and None,
        )
        run_study(study, workers=1, progress=progress)
        os._exit(0)
    os.close(write)
    counted = 0
    while counted <= runs and (news := os.read(read, 1)):
        counted += len(news)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    reported = counted - 1 + len(os.read(read, 100_000))
    os.close(read)
    return os.WIFSIGNALED(status), reported


def times(out: Path, kills: int, seed: int) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    planned = config(out, kills + 4)
    run_study(config(out, 1), workers=1)  # all that lives share is loaded
    study, stored, killed = Study.open(out), [3], 0
    while killed < kills:
        died, reported = life(planned, int(rng.integers(2)), float(rng.uniform(0, LONGEST)))
        whole(study)
        stored.append(sum(1 for _ in study.records()))
        assert stored[-1] >= stored[-2] + reported, "a run that was reported is lost"
        if not died:
            break
        killed += 1
    return {"kills": killed, "stored": stored}


def steps(out: Path) -> dict[str, object]:
    """One death at every disk operation of storing one run."""
    jobs = plan(config(out, 14))[1]
    study, stored = prepared(out, jobs), []
    outcomes = [run_job(job) for job in jobs[:40]]
    for number, outcome in enumerate(outcomes, 1):
        child = os.fork()
        if child == 0:
            with at_step(number, die):
                study.save(outcome)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        whole(study)
        stored.append(sum(1 for _ in study.records()))
        if not os.WIFSIGNALED(status):
            break
    return {"kills": len(stored) - 1, "stored": stored}


def changes(out: Path, mode: str) -> dict[str, object]:
    """One death at every disk operation of a change of a study, half of which is packed."""
    whole_study = run_study(config(out / "whole", 2), workers=1)
    pack(whole_study, whole_study.path)
    shutil.rmtree(whole_study.runs / whole_study.stored()[0])
    others = _others(whole_study)
    again.code_of = lambda base: "2:edited"  # type: ignore[assignment]
    stored = []
    for number in range(1, 200):
        path = out / str(number)
        shutil.copytree(whole_study.path, path)
        child = os.fork()
        if child == 0:
            with at_step(number, die):
                _change(path, mode)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        stored.append(_after_death(path, others))
        if len(Study.open(path).manifest.learners) == 3:
            _change(path, mode)
        _changed(path, mode, others)
        if not os.WIFSIGNALED(status):
            break
    return {"kills": len(stored) - 1, "stored": stored}


def _change(path: Path, mode: str) -> None:
    if mode == "again":
        again.set_again(Study.open(path), ["bias"], {})
    else:
        again.remove(Study.open(path), ["bias"])


def _others(study: Study) -> dict[str, object]:
    return {job: told for job, told in contents(study).items() if told[0]["job"]["base"] != "bias"}


def _after_death(path: Path, others: dict[str, object]) -> int:
    """The runs of the learner that are left: both or none, as the plan says; others as before."""
    study = Study.open(path)
    assert verify(path).intact, [str(one) for one in verify(path).findings]
    assert _others(study) == others
    left = len(study.stored()) - len(others)
    assert left == (0 if study.manifest.history else 2)
    return left


def _changed(path: Path, mode: str, others: dict[str, object]) -> None:
    """After the same command again, and a driver's start, it is as if nobody had died."""
    study = Study.open(path)
    Study.planned(path, study.manifest)
    assert _others(study) == others
    assert sorted(study.stored()) == sorted(others)
    (change,) = study.manifest.history
    assert len(change.runs) == 2
    kept = Study.open(path / change.folder)
    assert verify(kept.path).passed
    assert len(kept.stored()) == 2
    planned = {job.learner for job in study.manifest.jobs}
    assert planned == {"global-mean", "support-mean"} | ({"bias"} if mode == "again" else set())
    left = {file.name for file in study.runs.iterdir()}
    assert left <= set(others)


def two(out: Path) -> dict[str, object]:
    """Two drivers start one study at the same time."""
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            run_study(config(out, 5), workers=1)
            os._exit(0)
        children.append(child)
    return {"statuses": [os.waitpid(child, 0)[1] for child in children]}


MODES = {
    "times": times,
    "steps": steps,
    "two": two,
    "again": partial(changes, mode="again"),
    "removed": partial(changes, mode="removed"),
}

if __name__ == "__main__":
    folder, *words = sys.argv[1:]
    told = {}
    while words:
        mode = words.pop(0)
        numbers = []
        while words and words[0].isdigit():
            numbers.append(int(words.pop(0)))
        told[mode] = MODES[mode](Path(folder) / mode, *numbers)
    print(json.dumps(told))
