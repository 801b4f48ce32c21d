"""How long a study will take: a real epoch on few users, scaled. An estimate, never a promise."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from coldbench.data import Ratings
from coldbench.errors import shorten
from coldbench.learning import Domain, Learner, TrainingData, predict
from coldbench.rng import generator
from coldbench.running import Job, SplitKey, permitted, prepare
from coldbench.tasks import Split, Tasks

__all__ = ["Probe", "estimate"]

USERS = 200  # training users of the probe
TASKS = 100  # test tasks of the probe


@dataclass(frozen=True)
class Probe:
    """seconds: of one run with the most epochs, 0 where `problem` says why there is no number."""

    learner: str
    jobs: int
    epochs: int
    seconds: float
    problem: str = ""


def estimate(jobs: Sequence[Job]) -> list[Probe]:
    """One probe for each learner of the jobs, in their order, on its first job."""
    if not jobs:
        return []
    start = time.perf_counter()
    permitted(SplitKey.of(jobs[0]))
    splitting = time.perf_counter() - start
    first = {job.learner: job for job in reversed(jobs)}
    names = list(dict.fromkeys(job.learner for job in jobs))
    counts = {name: sum(job.learner == name for job in jobs) for name in names}
    return [_probe(first[name], counts[name], splitting) for name in names]


def _probe(job: Job, count: int, splitting: float) -> Probe:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        prepared = prepare(job)
        ratings, split, config = prepared.ratings, prepared.split, prepared.config
        domain = Domain(ratings.catalogue, ratings.scale, job.device)
        learner = prepared.variant.learner(config, domain, generator(job.seeds.init, "init"))
        epoch = _epoch_seconds(learner, ratings, split, job)
        task = _task_seconds(learner, prepared.asked(), split.test)
    except (Exception, SystemExit) as error:  # a plugin may raise anything
        return Probe(job.learner, count, 0, 0.0, shorten(error, 120))
    finally:
        torch.set_num_threads(threads)
    testing = task * len(split.test) * (1 + len(job.shots))
    searched = config.chooses_epochs and len(split.validation) > 0
    search = config.epochs * (epoch + task * len(split.validation)) if searched else 0.0
    training = config.epochs * epoch if job.refit or not searched else 0.0
    return Probe(job.learner, count, config.epochs, splitting + search + training + testing)


def _epoch_seconds(learner: Learner, ratings: Ratings, split: Split, job: Job) -> float:
    """Of a full epoch. The second epoch is timed: the first one pays for starting up."""
    total = len(split.train_user)
    few = generator(job.seeds.order, "estimate").permutation(total)[:USERS]
    lists = split.train.select(np.sort(few))
    data = TrainingData.of(ratings, split.train_user[np.sort(few)], lists, job.device)
    seconds = 0.0
    for epoch in range(min(learner.config.epochs, 2)):
        start = time.perf_counter()
        learner.train_epoch(data, epoch, generator(job.seeds.order, "epoch", epoch))
        seconds = time.perf_counter() - start
    return seconds * len(split.train.rows) / max(len(lists.rows), 1)


def _task_seconds(learner: Learner, ratings: Ratings, tasks: Tasks) -> float:
    chosen = np.linspace(0, max(len(tasks) - 1, 0), min(TASKS, len(tasks))).astype(np.int64)
    few = _some(tasks, chosen)
    start = time.perf_counter()
    predict(learner, few, ratings)
    return (time.perf_counter() - start) / max(len(few), 1)


def _some(tasks: Tasks, chosen: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Tasks:
    position = np.isin(tasks.query.owner, chosen)
    query = tasks.query.select(chosen)
    return Tasks(tasks.user[chosen], tasks.support.select(chosen), query, tasks.scenario[position])
