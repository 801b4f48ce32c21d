"""Tune the learners of a configuration: the same budget each, resumable, in parallel."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pebble import ProcessExpired

from coldbench.errors import ColdbenchError, UsageError
from coldbench.running import Job, PebbleExecutor, code_of
from coldbench.study import FIRST_TUNING_SEED, Rung, StudyConfig, plan
from coldbench.tune.following import Search
from coldbench.tune.history import History, Trial, identity
from coldbench.tune.overlap import overlap
from coldbench.tune.result import Tuning
from coldbench.tune.sampler import optuna
from coldbench.tune.taking import bases_of, in_order, taking

__all__ = ["Tuning", "tune"]

OnTrial = Callable[[Trial], None]


def tune(
    config: StudyConfig,
    trials: int | None,
    out: Path,
    workers: int = 1,
    on_trial: OnTrial | None = None,
) -> list[Tuning]:
    """Tune every model of the configuration; stored trials are not repeated.

    trials: of whole runs for each; None: by successive halving, as `config.halving` says.
    A learner without a search space gets its defaults alone. One that shares a network with
    another is tuned after it, with its options for that network (`LearnerConfig.tuned_by`).
    workers: processes, one learner each; the result does not depend on their number. Raises
    UsageError for seeds that a study may use, without optuna, for unknown names and for a learner
    without the one that is tuned first, StoreError for the folder of another tuning.
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
    rungs = () if trials else config.halving.rungs(len(config.seed_list))
    tasks = {
        name: _Task(
            [j for j in jobs if j.learner == name], trials or 0, rungs, out / "trials", worst
        )
        for name in config.models
    }
    bases = bases_of(config, {name: task.jobs[0] for name, task in tasks.items()})
    found: dict[str, Tuning] = {}
    for names in in_order(bases):
        found |= _round([_taking(tasks[n], bases[n], found) for n in names], workers, on_trial)
    seen = overlap(tasks[config.models[0]].jobs)
    return [replace(found[name], overlap=seen) for name in config.models]


def _taking(task: "_Task", bases: Mapping[str, str], found: Mapping[str, Tuning]) -> "_Task":
    jobs, changes = taking(task.jobs, bases, found)
    own = {"bases": tuple(sorted(set(bases.values()))), "taken": changes}
    return replace(task, jobs=jobs, own=own)


def _round(tasks: Sequence["_Task"], workers: int, on_trial: OnTrial | None) -> dict[str, Tuning]:
    if workers > 1 and len(tasks) > 1:
        tunings = list(_parallel(tasks, workers, on_trial))
    else:
        tunings = [_tune(task, on_trial) for task in tasks]
    return {tuning.learner: tuning for tuning in tunings}


@dataclass(frozen=True)
class _Task:
    jobs: list[Job]
    trials: int
    rungs: tuple[Rung, ...]
    folder: Path
    worst: float
    own: Mapping[str, Any] = field(default_factory=dict)  # fields of its Tuning


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
    first, search = task.jobs[0], Search.of(task.jobs, task.worst, task.trials, task.rungs)
    name, code = identity(task.jobs, search.space, task.rungs), code_of(first.base)
    history = History(task.folder, first.learner, name, code)
    search = replace(search, stamp={"identity": name, "code": code})
    done = history.trials()
    if not task.rungs and len(done) > max(task.trials, 1):
        raise UsageError(
            f"{first.learner} has {len(done)} trials in {task.folder}: "
            f"give --trials {len(done)} or more, or another --out"
        )
    while (trial := search.following(done)) is not None:
        if trial.status == "declined":  # not stored: what it lacks may be there later
            if not done:
                return replace(search.tuning(done), declined=trial.reason, **task.own)
            raise UsageError(
                f"{first.learner}: {trial.reason}; its {len(done)} trials are kept, and the same "
                "command goes on once that is there"
            )
        done.append(history.add(trial))
        if on_trial:
            on_trial(done[-1])
    return replace(search.tuning(done), **task.own)
