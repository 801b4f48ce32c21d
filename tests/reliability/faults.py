"""The harness that breaks things: kill at any step, fill the disk, damage bytes, and compare."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from coldbench.study.store import Study

# Every call by which the store changes the disk.
CALLS = (
    (os, "fsync"),
    (Path, "mkdir"),
    (Path, "open"),
    (Path, "replace"),
    (Path, "rename"),
    (Path, "unlink"),
)
TIMINGS = {"seconds", "peak_bytes", "sha256", "log"}


@contextlib.contextmanager
def at_step(number: int, fault: Callable[[], None]) -> Iterator[list[int]]:
    """Calls `fault` instead of the disk operation of that number, counted from 1; yields a list
    that grows by one with each operation."""
    steps: list[int] = []

    def wrap(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            steps.append(len(steps) + 1)
            if len(steps) == number:
                fault()
            return real(*args, **kwargs)

        return call

    with contextlib.ExitStack() as stack:
        for owner, name in CALLS:
            replacement = wrap(getattr(owner, name))
            stack.enter_context(mock.patch.object(owner, name, replacement))
        yield steps


def die() -> None:
    """What `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def no_space() -> None:
    """What a full disk does."""
    raise OSError(28, "No space left on device")


def damaged(data: bytes, rng: np.random.Generator) -> bytes:
    """The bytes after one cut, copy, swap, flipped bit or insertion."""
    begin, end = sorted(rng.integers(0, len(data) + 1, 2).tolist())
    end = min(end, begin + 40)
    kind = int(rng.integers(5))
    if kind == 0:
        return data[:begin]
    if kind == 1:
        return data[:begin] + data[end:]
    if kind == 2:
        return data[:end] + data[begin:]
    if kind == 3:
        return data[:begin] + rng.bytes(int(rng.integers(1, 9))) + data[end:]
    place = int(rng.integers(len(data)))
    flipped = data[place] ^ (1 << int(rng.integers(8)))
    return data[:place] + bytes([flipped]) + data[place + 1 :]


def contents(study: Study) -> dict[str, tuple[dict[str, Any], bytes]]:
    """What a study says, by job: every record without timings, and its predictions' file."""
    found = {}
    for record in study.records():
        told = record.model_dump(mode="json", exclude=TIMINGS)
        told["curve"] = [{k: v for k, v in e.items() if k != "seconds"} for e in record.curve]
        told["provenance"] = {
            k: v for k, v in record.provenance.items() if k not in ("environment", "dirty")
        }
        file = study.runs / record.job_hash / "predictions.parquet"
        found[record.job_hash] = told, file.read_bytes() if file.exists() else b""
    return found


def whole(study: Study) -> None:
    """No torn record, nothing but finished runs and folders of dead writers."""
    for folder in study.runs.iterdir():
        if not folder.name.startswith("."):
            assert study.record(folder.name).job_hash == folder.name
            assert study.predictions(folder.name) is not None


def shell(*words: object) -> list[str]:
    """The command line of coldbench in a new process."""
    return [sys.executable, "-m", "coldbench", *map(str, words)]
