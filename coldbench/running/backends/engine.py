"""What a backend is: a way to open an executor, and the errors by which it reports losses."""

from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, CancelledError, Executor
from dataclasses import dataclass, field

from coldbench.errors import ColdbenchError, UsageError, shorten, unknown
from coldbench.running.backends.fetch import Source

__all__ = ["DeadWorkerError", "Engine", "Settings"]


class DeadWorkerError(ColdbenchError):
    """The process that ran a job ended without an answer."""


@dataclass(frozen=True)
class Settings:
    """How to run jobs. workers: at once (engines with workers of their own ignore it);
    timeout: seconds a job may take; source: where a worker finds the prepared data;
    options: settings of the engine itself, as text."""

    workers: int
    source: Source
    timeout: float | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    def only(self, backend: str, *known: str) -> Mapping[str, str]:
        """The options, after a check that the backend has all of them; raises UsageError."""
        for name in self.options:
            if known and name not in known:
                raise unknown(f"setting of backend {backend!r}", name, known)
            if not known:
                raise UsageError(f"backend {backend!r} has no settings, got {shorten(name)}")
        return self.options


@dataclass(frozen=True)
class Engine:
    """open: a new executor of `work`; window: jobs handed over at a time (None: all);
    keeps_timeout: whether the executor itself ends jobs that take too long;
    died: exceptions of a job whose worker died; lost: exceptions after which all jobs in flight
    are submitted again to a newly opened executor."""

    open: Callable[[], Executor]
    window: int | None = None
    keeps_timeout: bool = False
    died: tuple[type[BaseException], ...] = (DeadWorkerError,)
    lost: tuple[type[BaseException], ...] = (BrokenExecutor, CancelledError)
