"""Backend `serial`: one job after another, in this process."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from coldbench.running.backends.engine import Engine, Settings

__all__ = ["SerialExecutor", "engine"]


class SerialExecutor(Executor):
    """Runs what is submitted at once; an interrupt comes through to the driver."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def engine(settings: Settings) -> Engine:
    """Jobs in their order; with a time-out, each in a process of its own."""
    settings.only("serial")
    return Engine(SerialExecutor, window=1)
