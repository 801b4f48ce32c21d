"""Lives and deaths of a driver: forks, runs a study in the child, kills it, and starts again.

    python -m tests.reliability.victim OUT MODE ...

times KILLS SEED: killed after random times; steps: killed at each step of a save; two: two drivers
at once, with nobody killed. Several modes may follow each other: a new process takes as long to
start as one of them.
Prints JSON, by mode: kills (children that died by the signal), stored (runs after each death); of
`two`, the exit statuses.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from coldbench.running.run import run_job
from coldbench.study.config import StudyConfig
from coldbench.study.drive import Progress, run_study
from coldbench.study.planning import plan
from coldbench.study.store import Study
from tests.reliability.faults import at_step, die, whole
from tests.studies import TINY

LONGEST = 0.1  # seconds of a life after its last counted run; one run takes 0.02 to 0.1


def config(out: Path, seeds: int) -> StudyConfig:
    """Three runs a seed."""
    models = ("bias", "global-mean", "support-mean")
    return StudyConfig(models=models, seeds=seeds, dataset_options=TINY, out=out)


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
    study, stored = Study.prepare(out, jobs), []
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


MODES = {"times": times, "steps": steps, "two": two}

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
