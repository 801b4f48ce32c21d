"""Tune the learners of a configuration: the same number of trials each, resumable, in parallel."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from pebble import ProcessExpired

from coldbench.errors import ColdbenchError, UsageError
from coldbench.learning import Dimension, load_variant
from coldbench.running import Job, PebbleExecutor, code_of
from coldbench.study import FIRST_TUNING_SEED, Budget, StudyConfig, plan
from coldbench.tune.history import History, Trial, identity
from coldbench.tune.objective import measure
from coldbench.tune.overlap import overlap
from coldbench.tune.sampler import optuna, propose

__all__ = ["MARGIN", "Tuning", "tune"]

MARGIN = 0.03  # share by which a trial may exceed the best MAE at the first seed and go on
OnTrial = Callable[[Trial], None]


@dataclass(frozen=True)
class Tuning:
    """The trials of one learner, the defaults first."""

    learner: str
    trials: tuple[Trial, ...]
    seeds: tuple[int, ...]
    overlap: Mapping[str, float] = field(default_factory=dict)

    @property
    def best(self) -> Trial | None:
        """The trial of lowest mean validation MAE; the first of equals."""
        done = [trial for trial in self.trials if trial.mae is not None]
        return min(done, key=lambda trial: (trial.mae, trial.number), default=None)

    @property
    def budget(self) -> Budget:
        """Cost of the trials, and the best configuration."""
        best = self.best
        return Budget(
            trials=len(self.trials),
            pruned=sum(trial.status == "pruned" for trial in self.trials),
            failed=sum(trial.status in ("failed", "diverged") for trial in self.trials),
            seconds=sum(trial.seconds for trial in self.trials),
            seeds=self.seeds,
            default_mae=self.trials[0].mae,
            best_mae=best.mae if best else None,
            options=best.options if best else {},
            overlap=dict(self.overlap),
        )


def tune(
    config: StudyConfig, trials: int, out: Path, workers: int = 1, on_trial: OnTrial | None = None
) -> list[Tuning]:
    """Tune every model of the configuration with `trials` trials; stored ones are not repeated.

    A learner without a search space gets one trial, its defaults. workers: processes, one learner
    each; the result does not depend on their number. Raises UsageError for seeds that a study may
    use, without optuna and for unknown names, StoreError for the folder of another tuning.
    """
    early = [seed for seed in config.seed_list if seed < FIRST_TUNING_SEED]
    if early:
        raise UsageError(
            f"seed {early[0]} is one that a study may use; tune on seeds from {FIRST_TUNING_SEED} "
            "on, such as --seeds 1000,1001,1002, or --seeds 1000, (with the comma) for one"
        )
    optuna()
    ratings, jobs = plan(config)
    worst = float(ratings.scale.high - ratings.scale.low)
    del ratings  # learners may run in this process
    tasks = [
        _Task([job for job in jobs if job.learner == name], trials, out / "trials", worst)
        for name in config.models
    ]
    if workers > 1 and len(tasks) > 1:
        tunings = list(_parallel(tasks, workers, on_trial))
    else:
        tunings = [_tune(task, on_trial) for task in tasks]
    seen = overlap(tasks[0].jobs)
    return [replace(tuning, overlap=seen) for tuning in tunings]


@dataclass(frozen=True)
class _Task:
    jobs: list[Job]
    trials: int
    folder: Path
    worst: float


def _parallel(tasks: Sequence[_Task], workers: int, on_trial: OnTrial | None) -> Iterator[Tuning]:
    """The tunings in the order of the tasks; `on_trial` is called as each ends."""
    pool = PebbleExecutor(min(workers, len(tasks)), None)  # its workers end with this process
    names = {pool.submit(_tune, task): task.jobs[0].learner for task in tasks}
    try:
        for future in as_completed(names):
            for trial in future.result().trials if on_trial else ():
                on_trial(trial)  # type: ignore[misc]
        yield from (future.result() for future in names)
    except ProcessExpired as error:
        raise ColdbenchError(
            f"a process that tuned a learner died ({error}), perhaps out of memory: run the "
            "command again, which resumes after the last complete trial"
        ) from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _tune(task: _Task, on_trial: OnTrial | None = None) -> Tuning:
    first = task.jobs[0]
    variant = load_variant(first.base)
    space = variant.dimensions()
    code = code_of(first.base)
    history = History(task.folder, first.learner, identity(task.jobs, space), code)
    done = history.trials()
    if len(done) > max(task.trials, 1):
        raise UsageError(
            f"{first.learner} has {len(done)} trials in {task.folder}: "
            f"give --trials {len(done)} or more, or another --out"
        )
    for number in range(len(done), task.trials if space else 1):
        trial = _next(task, space, done, history, number)
        history.add(trial)
        done.append(trial)
        if on_trial:
            on_trial(trial)
    seeds = tuple(job.seeds.split for job in task.jobs)
    return Tuning(first.learner, tuple(done[: max(task.trials, 1)]), seeds)


def _next(
    task: _Task, space: Mapping[str, Dimension], done: list[Trial], history: History, number: int
) -> Trial:
    job = task.jobs[0]
    options: dict[str, Any] = propose(job.learner, space, job.config, done, task.worst)
    finished = [trial for trial in done if trial.mae is not None]
    best = min(finished, key=lambda trial: trial.mae or np.inf, default=None)
    limit = np.inf if best is None else best.maes[0] * (1 + MARGIN)
    measured = measure(task.jobs, options, lambda mae: mae > limit)
    return Trial(
        learner=job.learner,
        number=number,
        options=options,
        status=measured.status,
        reason=measured.reason,
        maes=tuple(measured.maes),
        epochs=tuple(measured.epochs),
        seconds=round(measured.seconds, 3),
        identity=history.identity,
        code=history.code,
    )
