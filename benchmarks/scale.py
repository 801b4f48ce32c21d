"""How preparing, memory and the cost of a task grow from 100,000 ratings to 25 million.

Synthetic ratings, a hundred a user: drawn, written as a raw file, and prepared from that; then a
worker opens the prepared data, splits them and trains a few batches.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from benchmarks.clock import apart, memory, seconds
from benchmarks.line import Line
from benchmarks.options import Options
from benchmarks.problem import make, problem
from coldbench.data import Ratings, open_dataset, open_prepared
from coldbench.rng import Seeds
from coldbench.tasks import Separate

__all__ = ["scale"]

SIZES = (100_000, 1_000_000, 5_000_000, 25_000_000)
USERS = 256  # that train in every size
LEARNERS = ("melu", "mamo")


def scale(options: Options) -> Iterator[Line]:
    """One set of lines a size; only the largest has targets."""
    for n in (20_000, 40_000) if options.quick else SIZES:
        yield from of_size(n, last=n == SIZES[-1])


def sizes(n: int) -> dict[str, int]:
    """Options of the synthetic data set, in the proportions of MovieLens."""
    return {"n_users": n // 100, "n_items": max(n // 1000, 800), "n_ratings": n}


def of_size(n: int, last: bool) -> Iterator[Line]:
    named = f"scale, {n:,} ratings"
    with TemporaryDirectory() as folder:
        drawn, used = apart(draw, n, folder)
        yield Line(named, "draw and keep", drawn, "s")
        yield Line(named, "peak memory of it", used["peak"] / 2**30, "GiB")
        spent, used = apart(prepare, folder)
        yield Line(named, "prepare, from a raw file", spent, "s", 60 if last else None, True)
        limit = 4 if last else None
        yield Line(named, "peak memory of it", used["peak"] / 2**30, "GiB", limit, True)
        measurements, used = apart(work, n, folder)
        for what, (value, unit) in measurements.items():
            yield Line(named, what, value, unit)
        yield Line(named, "worker: peak memory", used["peak"] / 2**30, "GiB")
        yield Line(named, "worker: private memory, at the end", used["private"] / 2**30, "GiB")


def draw(n: int, folder: str) -> float:
    """Draws the data into a cache in `folder`, and writes them as a raw file as well."""
    os.environ["COLDBENCH_CACHE"] = folder
    spent = seconds(lambda: open_dataset("synthetic", sizes(n)))
    write_raw(open_dataset("synthetic", sizes(n)), Path(folder) / "big")
    return spent


def write_raw(ratings: Ratings, folder: Path) -> None:
    """An atomic file of the ratings, without content."""
    folder.mkdir()
    assert ratings.time is not None
    columns: dict[str, Any] = {
        "user_id:token": ratings.user,
        "item_id:token": ratings.item,
        "rating:float": ratings.value,
        "timestamp:float": ratings.time,
    }
    table = pa.table({name: np.asarray(column) for name, column in columns.items()})
    style = pyarrow.csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")
    with (folder / "big.inter").open("wb") as file:
        file.write("\t".join(columns).encode() + b"\n")  # pyarrow would put it in quotes
        pyarrow.csv.write_csv(table, file, style)


def prepare(folder: str) -> float:
    """Seconds from the raw file to prepared data."""
    os.environ["COLDBENCH_CACHE"] = folder
    return seconds(lambda: open_dataset(str(Path(folder) / "big")))


def work(n: int, folder: str) -> dict[str, tuple[float, str]]:
    """What a worker does: opens, splits, trains; with its memory after each."""
    os.environ["COLDBENCH_CACHE"] = folder
    sha256 = open_dataset("synthetic", sizes(n)).sha256
    measurements = {"worker: memory after imports": (memory()["peak"] / 2**30, "GiB")}
    measurements["worker: open"] = (seconds(lambda: open_prepared(sha256)), "s")
    ratings = open_prepared(sha256)
    cut = seconds(lambda: Separate().split(ratings, Seeds.joint(0)))
    measurements["worker: split"] = (cut, "s")
    given = problem("synthetic", USERS, sizes(n))
    for name in LEARNERS:
        learner = make(name, {}, ratings)
        times = [
            seconds(
                lambda e=epoch, one=learner: one.train_epoch(  # type: ignore[misc]
                    given.data, e, np.random.default_rng(e)
                )
            )
            for epoch in range(4)
        ]
        cost = 1000 * median(times[1:]) / len(given.data.task_user)
        measurements[f"worker: {name}, training a task"] = (cost, "ms")
    return measurements
