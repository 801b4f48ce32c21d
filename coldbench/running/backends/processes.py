"""Backend `processes`: jobs in worker processes (pebble), which may die or hang without harm."""

import importlib
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Any

from pebble import ProcessExpired, ProcessPool

from coldbench.running.backends.engine import Engine, Settings
from coldbench.running.spawn import SpawnContext
from coldbench.running.worker import start_worker

__all__ = ["PebbleExecutor", "engine"]


class PebbleExecutor(Executor):
    """A pebble pool of spawned processes, each call ended after `timeout` seconds."""

    def __init__(self, workers: int, timeout: float | None) -> None:
        self._pool = ProcessPool(workers, context=SpawnContext(), initializer=ready)
        self._timeout = timeout

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        call: Future[Any] = self._pool.schedule(fn, args, kwargs, timeout=self._timeout)
        return call

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if wait and not cancel_futures:
            self._pool.close()
            self._pool.join()
            return
        self._pool.stop()
        self._pool.join(timeout=5)


def ready() -> None:
    """What a worker does first; it imports at once what a job needs, not while it takes one, for
    then all others wait."""
    start_worker()
    importlib.import_module("coldbench.running.backends.work")


def engine(settings: Settings) -> Engine:
    """As many processes as workers; a process that dies costs the job it was running.

    A worker finds its next job ready; those after it are still to be chosen.
    """
    settings.only("processes")
    return Engine(
        lambda: PebbleExecutor(settings.workers, settings.timeout),
        window=2 * settings.workers,
        keeps_timeout=True,
        died=(ProcessExpired,),
        lost=(BrokenExecutor,),
    )
