"""Data: preparing and opening them, splitting, sampling the episodes of an epoch."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.clock import apart, seconds
from benchmarks.line import Line
from benchmarks.options import Options
from coldbench.data import Ratings, open_dataset, open_prepared
from coldbench.errors import UsageError
from coldbench.learning import TrainingData
from coldbench.rng import Seeds
from coldbench.tasks import PROTOCOLS, Protocol

__all__ = ["data"]


def data(options: Options) -> Iterator[Line]:
    """The targets are for ML-1M: `--dataset` its folder."""
    named = f"data, {Path(options.dataset).name}"
    with TemporaryDirectory() as cache:
        (spent, opened), used = apart(prepared, options.dataset, cache)
    yield Line(named, "prepare, from raw files", spent, "s", 3, at_most=True)
    yield Line(named, "peak memory of it", used["peak"] / 2**20, "MiB")
    yield line(named, "open", opened, 0.1)
    ratings = open_dataset(options.dataset)
    for name, made in fitting(ratings):

        def cut(turn: int, protocol=made) -> object:  # type: ignore[no-untyped-def]
            return protocol.split(ratings, Seeds.joint(turn))

        yield line(named, f"split, {name}", repeated(cut, options.repeats))
    split = PROTOCOLS["separate"]().split(ratings, Seeds.joint(0))
    given = TrainingData.of(ratings, split.train_user, split.train)

    def sample(turn: int) -> object:
        return [None for _ in given.episodes(np.random.default_rng(turn))]

    what = f"sample an epoch, {len(given.task_user)} users"
    yield line(named, what, repeated(sample, options.repeats), 0.1)


def fitting(ratings: Ratings) -> Iterator[tuple[str, Protocol]]:
    """The protocols that the data suit, by name."""
    for name, protocol in PROTOCOLS.items():
        with suppress(UsageError):
            yield name, protocol().checked(ratings)


def line(named: str, what: str, times: list[float], target: float | None = None) -> Line:
    """Median and range of repeated seconds; the target is the most that it may take."""
    middle, low, high = median(times), min(times), max(times)
    return Line(named, what, middle, "s", target, at_most=True, low=low, high=high)


def repeated(run: Callable[[int], object], repeats: int) -> list[float]:
    """Seconds of each repeat, without the first call."""
    return [seconds(lambda turn=turn: run(turn)) for turn in range(repeats + 1)][1:]  # type: ignore[misc]


def prepared(dataset: str, cache: str) -> tuple[float, list[float]]:
    """Seconds to prepare with an empty cache, then of each opening; in a process of its own.

    Opening is what a worker does, by fingerprint.
    """
    os.environ["COLDBENCH_CACHE"] = cache
    spent = seconds(lambda: open_dataset(dataset))
    sha256 = open_dataset(dataset).sha256
    return spent, [seconds(lambda: open_prepared(sha256)) for _ in range(7)]
