"""Backend `apart`: each job in a process of its own, which answers in bytes alone.

For learners of strangers: what a worker of `processes` sends is unpickled by the driver, so that a
learner could run there. Here nothing that it sends is more than an outcome that is checked.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from coldbench.running.backends.engine import Engine, Settings
from coldbench.running.backends.work import end_children

__all__ = ["engine"]

LONGEST = 10 * 86_400.0  # seconds of a job without a time-out


class _Apart(ThreadPoolExecutor):
    """A thread for each process that it waits for."""

    def submit(self, fn: Any, /, *args: Any, **_: Any) -> "Future[Any]":
        text, source, timeout = args
        return super().submit(fn, text, source, timeout or LONGEST)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=False, cancel_futures=cancel_futures)
        end_children()


def engine(settings: Settings) -> Engine:
    """As many processes at a time as workers, a new one for each job."""
    settings.only("apart")
    return Engine(lambda: _Apart(settings.workers), window=2 * settings.workers)
