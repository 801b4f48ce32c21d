"""Pieces of work in processes of their own, each bounded in time; a failure is a result."""

import contextlib
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import torch
from pebble import ProcessPool

from benchmarks.gpu.sheet import Sheet

__all__ = ["Lane", "Work", "drive", "results_of"]

Result = Mapping[str, Any]
SPAWN = get_context("spawn")
CUT = {"failed": "not done within the budget"}


@dataclass(frozen=True)
class Work:
    """function(*arguments) gives records, each written to `sheet` with `label`, within so many
    seconds."""

    function: Callable[..., Iterable[Result]]
    arguments: tuple[Any, ...]
    label: Result
    sheet: Sheet
    seconds: float = 200.0


@dataclass(frozen=True)
class Lane:
    """Works that share some processes, in their order; fresh: each has a new process."""

    works: Sequence[Work]
    workers: int
    fresh: bool = False

    def __call__(self, deadline: float) -> None:
        pool = ProcessPool(self.workers, int(self.fresh), context=SPAWN, initializer=_alone)
        futures = {
            pool.schedule(_safely, args=[work.function, work.arguments], timeout=work.seconds): work
            for work in self.works
        }
        left = max(deadline - time.monotonic(), 0)
        with contextlib.suppress(TimeoutError):
            for future in as_completed(list(futures), timeout=left):
                _write(futures.pop(future), _outcome(future))
        pool.stop()
        pool.join()
        for work in futures.values():
            _write(work, [CUT])


def drive(lanes: Sequence[Callable[[float], None]], deadline: float) -> None:
    """All lanes side by side, until `deadline` (time.monotonic) at the latest."""
    with ThreadPoolExecutor(max(len(lanes), 1)) as threads:
        for done in [threads.submit(lane, deadline) for lane in lanes]:
            done.result()


def _write(work: Work, results: Iterable[Result]) -> None:
    for result in results:
        work.sheet.add({**work.label, **result})


def _outcome(future: Future[Any]) -> Iterable[Result]:
    try:
        results: Iterable[Result] = future.result()
    except Exception as error:  # it took too long, or its process died
        return [{"failed": f"{type(error).__name__}: {error}"}]
    return results


def _safely(function: Callable[..., Iterable[Result]], arguments: tuple[Any, ...]) -> Any:
    try:
        return list(function(*arguments))
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        return [{"failed": reason[:2000], "traceback": traceback.format_exc()[-4000:]}]


def _alone() -> None:
    torch.set_num_threads(1)


def results_of(sheet: Sheet, **label: Any) -> Iterator[Result]:
    """The records that have these values and did not fail."""
    for row in sheet.rows:
        if "failed" not in row and label.items() <= row.items():
            yield row
