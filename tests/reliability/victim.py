"""Lives and deaths of a driver: forks, runs a study in the child, kills it, and starts again.

    python -m tests.reliability.victim OUT times KILLS SEED   killed after random times
    python -m tests.reliability.victim OUT steps              killed at each step of a save

Prints JSON: kills (children that died by the signal), stored (runs after each death).
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

from coldbench.drive import Progress, drive
from coldbench.plan import StudyConfig, plan
from coldbench.run import run_job
from coldbench.store import Study
from tests.core.conftest import TINY
from tests.reliability.faults import at_step, die, whole

SEEDS = 16
LONGEST = 0.16  # seconds of a life; storing all runs takes a few seconds


def config(out: Path) -> StudyConfig:
    models = ("bias", "global-mean", "support-mean")
    return StudyConfig(models=models, seeds=SEEDS, dataset_options=TINY, out=out)


def life(out: Path, seconds: float) -> tuple[bool, int]:
    """One life of a driver, at most so long; whether it was killed, and how many runs it reported
    as stored."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        progress = Progress(done=lambda record: os.write(write, b".") and None)
        drive(config(out), workers=1, progress=progress)
        os._exit(0)
    os.close(write)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    reported = len(os.read(read, 100_000))
    os.close(read)
    return os.WIFSIGNALED(status), reported


def times(out: Path, kills: int, seed: int) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    drive(config(out).model_copy(update={"seeds": 1}), workers=1)  # all that lives share is loaded
    study, stored, killed = Study.open(out), [3], 0
    while killed < kills:
        died, reported = life(out, float(rng.uniform(0.01, LONGEST)))
        whole(study)
        stored.append(sum(1 for _ in study.records()))
        assert stored[-1] >= stored[-2] + reported, "a run that was reported is lost"
        if not died:
            break
        killed += 1
    return {"kills": killed, "stored": stored}


def steps(out: Path) -> dict[str, object]:
    """One death at every disk operation of storing one run."""
    jobs = plan(config(out))[1]
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


if __name__ == "__main__":
    folder, mode, *rest = sys.argv[1:]
    told = steps(Path(folder)) if mode == "steps" else times(Path(folder), *map(int, rest))
    print(json.dumps(told))
