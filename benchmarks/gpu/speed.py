"""Tasks a second in training and in prediction, at several batch sizes."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from statistics import median
from typing import Any

import numpy as np
import torch

from benchmarks.gpu.given import learner_on, wait
from benchmarks.problem import Problem, problem
from coldbench.learning import load_variant, repeatable
from coldbench.tasks import batches

__all__ = ["LEARNERS", "speed"]

LEARNERS = ("melu", "mamo", "plain", "tanp", "icl", "fomaml", "reptile", "meta-sgd")
RATINGS = 32  # in a batch of `plain`, for each task in a batch of the others
OF_USERS = ("svdpp-fold",)  # whose batches are of users, without queries
ENOUGH = 1.0  # seconds


def speed(
    dataset: str, name: str, device: str, users: int, sizes: tuple[int, ...]
) -> Iterator[dict[str, Any]]:
    """Training with batches of so many tasks, then prediction as the harness asks and by more."""
    given = problem(dataset, users)
    learner: Any = None
    for size in sizes:
        options = options_of(name, size)
        learner = learner_on(device, name, options, given.ratings)
        for mode in ("repeatable", "free") if device != "cpu" else ("repeatable",):
            found: dict[str, Any] = {"of": "training", "batch": size, "mode": mode}
            try:
                with repeatable(device) if mode == "repeatable" else nullcontext():
                    found["tasks_per_second"] = _training(learner, given, device)
            except RuntimeError as error:  # no repeatable algorithm, or no memory
                found["failed"] = f"{type(error).__name__}: {error}"[:1000]
            yield found
    for tasks, cells in ((128, 2**12), (1024, 2**17)):
        rate = _prediction(learner, given, device, tasks, cells)
        yield {"of": "prediction", "batch": tasks, "cells": cells, "tasks_per_second": rate}


def options_of(name: str, size: int) -> dict[str, Any]:
    """Options under which a batch has so many tasks, or as many ratings as they have."""
    fields = load_variant(name).learner.Config.model_fields
    if "batch" in fields:
        return {"batch": size, "least_steps": None}
    of_tasks = "max_query" in fields or name in OF_USERS
    return {"batch_size": size * (1 if of_tasks else RATINGS)}


def _training(learner: Any, given: Problem, device: str) -> float:
    data = replace(given.data, device=device)

    def epoch(turn: int) -> None:
        figures = learner.train_epoch(data, turn, np.random.default_rng(turn))
        assert all(np.isfinite(value) for value in figures.values())
        wait(device)

    return len(data.task_user) / seconds(epoch)


def _prediction(learner: Any, given: Problem, device: str, tasks: int, cells: int) -> float:
    asked = [batch for batch, _ in batches(given.tasks, given.ratings, tasks, cells)]

    def once(_: int) -> None:
        found = [learner.predict(replace(batch).to(device)) for batch in asked]
        torch.cat([one.flatten() for one in found]).cpu()

    return len(given.tasks) / seconds(once)


def seconds(run: Callable[[int], None]) -> float:
    """The median of three calls, or fewer where one takes long; the first warms up."""
    run(0)
    spent = list[float]()
    while len(spent) < 3 and sum(spent) < ENOUGH:
        start = time.perf_counter()
        run(len(spent) + 1)
        spent.append(time.perf_counter() - start)
    return median(spent)
