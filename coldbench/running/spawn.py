"""Processes that leave the driver's script alone.

Python's spawned processes run the main script again, for its functions; a script without
`if __name__ == "__main__"` then starts its study anew in each of them. Ours need nothing of it:
what they call lives in modules, and learners come by entry points.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import context
from types import ModuleType

__all__ = ["ServerContext", "SpawnContext"]

HIDING = threading.Lock()  # two starts at once would take the stand-in for the script


@contextmanager
def _hidden_script() -> Iterator[None]:
    """A stand-in without a file for `__main__`, for as long as a process takes to start."""
    with HIDING:
        script = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = script


class _Spawned(context.SpawnProcess):
    def start(self) -> None:
        with _hidden_script():
            super().start()


class SpawnContext(context.SpawnContext):
    """As `multiprocessing.get_context("spawn")`."""

    Process = _Spawned


if sys.platform != "win32":  # which has no fork server

    class _Served(context.ForkServerProcess):
        def start(self) -> None:
            with _hidden_script():
                super().start()

    class ServerContext(context.ForkServerContext):
        """As `multiprocessing.get_context("forkserver")`."""

        Process = _Served
