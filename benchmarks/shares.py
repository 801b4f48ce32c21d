"""What the processor does while torch works: products, passes over memory, calls, and the rest.

    products   matrix products and decompositions that torch runs
    passes     its other operations: element by element, gathers, sums, optimisers
    calls      starting all of these: as many as there are, each as long as one on a single number
    rest       Python, NumPy, SciPy, LightGBM

A profiler slows small operations down, so the whole is timed without it, and what it adds to an
operation on a single number is taken off every operation.
"""

import time
from collections.abc import Callable, Mapping

import torch
from torch.profiler import ProfilerActivity, profile

from benchmarks.clock import busy

__all__ = ["KINDS", "shares"]

KINDS = ("products", "passes", "calls", "rest")
PRODUCTS = {"mm", "bmm", "addmm", "addbmm", "baddbmm", "mv", "addmv", "dot"}
SOLVERS = "linalg", "cholesky", "scaled_dot_product"  # these as parts of a name
MANY = 5_000  # operations on a single number, to time one


def shares(work: Callable[[], object]) -> Mapping[str, float]:
    """The share of each of KINDS in the processor seconds of work(), which is called twice."""
    whole, (called, shown) = busy(work), _one_call()
    seconds = dict.fromkeys(KINDS, 0.0)
    for name, times, spent in _operations(work):
        seconds["products" if _multiplies(name) else "passes"] += max(spent - times * shown, 0.0)
        seconds["calls"] += times * called
    seconds["rest"] = max(whole - sum(seconds.values()), 0.0)
    return {kind: spent / sum(seconds.values()) for kind, spent in seconds.items()}


def _one_call() -> tuple[float, float]:
    """Seconds of an operation on a single number: as it is, and as the profiler shows it."""
    number = torch.zeros(1)

    def many() -> None:
        for _ in range(MANY):
            number.neg()

    many()
    ((_, _, shown),) = _operations(many)
    return busy(many) / MANY, shown / MANY


def _operations(work: Callable[[], object]) -> list[tuple[str, int, float]]:
    """Of torch, by name: how often, and processor seconds without those of operations within.

    The profiler reads the clock, which a busy machine lets run on: what it tells is shortened.
    """
    processor, clock = time.process_time(), time.perf_counter()
    with profile(activities=[ProfilerActivity.CPU], acc_events=True) as profiled:
        work()
        processor, clock = time.process_time() - processor, time.perf_counter() - clock
    own = [event for event in profiled.key_averages() if event.key.startswith("aten::")]
    unit = 1e-6 * min(processor / clock, 1.0)
    return [(event.key[6:], event.count, unit * event.self_cpu_time_total) for event in own]


def _multiplies(name: str) -> bool:
    return name.rstrip("_") in PRODUCTS or any(part in name for part in SOLVERS)
