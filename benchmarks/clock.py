"""Seconds, alternatives measured in turns, and the peak memory of a fresh process."""

import multiprocessing
import re
import resource
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import torch

from benchmarks.line import Ratio

__all__ = ["apart", "busy", "memory", "ratio", "seconds", "turns"]

T = TypeVar("T")
Runs = Mapping[str, Callable[[int], object]]


def seconds(run: Callable[[], object]) -> float:
    """Wall-clock seconds of one call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def busy(run: Callable[[], object]) -> float:
    """Processor seconds of one call: wall-clock seconds on one thread of an idle machine, and
    closer to these than the wall clock on a busy one."""
    start = time.process_time()
    run()
    return time.process_time() - start


def turns(runs: Runs, repeats: int) -> dict[str, list[float]]:
    """`busy` seconds of each alternative in each turn; every turn has all of them.

    Each is given the number of the turn; turn 0 warms up and is not counted.
    """
    measured: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(repeats + 1):
        for name, run in runs.items():
            measured[name].append(busy(lambda run=run, turn=turn: run(turn)))  # type: ignore[misc]
    return {name: times[1:] for name, times in measured.items()}


def ratio(slow: list[float], fast: list[float]) -> Ratio:
    """How many times as fast: ratio of the medians, and the range of the ratios of the turns."""
    each = [s / f for s, f in zip(slow, fast, strict=True)]
    return Ratio(median(slow) / median(fast), min(each), max(each))


def apart(work: Callable[..., T], *arguments: Any) -> tuple[T, dict[str, float]]:
    """The result of work(*arguments) in a process of its own, on one thread, and its `memory`."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_watched, work, *arguments).result()


def _watched(work: Callable[..., T], *arguments: Any) -> tuple[T, dict[str, float]]:
    torch.set_num_threads(1)
    result = work(*arguments)
    return result, memory()


def memory() -> dict[str, float]:
    """Bytes of this process: `peak` resident so far, and `private` now (without mapped files).

    The kernel's high-water mark of this program, since `ru_maxrss` starts at the parent's.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        unit = 1 if sys.platform == "darwin" else 1024
        peak = float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
        return {"peak": peak, "private": float("nan")}
    kilobytes = dict(re.findall(r"^(\w+):\s+(\d+) kB$", status.read_text(), re.MULTILINE))
    return {"peak": 1024.0 * int(kilobytes["VmHWM"]), "private": 1024.0 * int(kilobytes["RssAnon"])}
