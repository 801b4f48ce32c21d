"""Backend `submitit`: each job is one Slurm job (or, to try it out, one local process).

The answer comes back as a file of bytes in a private folder, which is removed at the end. Submitit
itself hands the call over as a pickle in that folder; the driver never reads one.
"""

import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from submitit import AutoExecutor

from coldbench.errors import UsageError, shorten
from coldbench.running.backends.engine import DeadWorkerError, Engine, Settings

__all__ = ["SubmititExecutor", "engine"]

EVERY = 0.5  # seconds between looks at the jobs


class SubmititExecutor(Executor):
    """One thread watches: answers become results, jobs without one DeadWorkerError."""

    def __init__(self, folder: Path, cluster: str | None, parameters: dict[str, Any]) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix=".submitit-", dir=folder))
        self._inner = AutoExecutor(folder=self._folder, cluster=cluster)
        self._inner.update_parameters(**parameters)
        self._jobs: dict[Future[Any], tuple[Any, Path]] = {}
        self._count = 0
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        self._count += 1
        target = self._folder / f"{self._count}.answer"
        job = self._inner.submit(_to_file, str(target), fn, args, kwargs)
        future: Future[Any] = Future()
        self._jobs[future] = (job, target)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        while wait and not cancel_futures and self._jobs:
            self._stop.wait(EVERY)
        self._stop.set()
        self._watcher.join()
        for future, (job, _) in self._jobs.items():
            job.cancel(check=False)
            future.cancel()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _watch(self) -> None:
        while not self._stop.wait(EVERY):
            for future, (job, target) in list(self._jobs.items()):
                over = job.done()
                if target.exists():
                    future.set_result(target.read_bytes())
                elif over:
                    future.set_exception(DeadWorkerError(f"{job.job_id} ended as {job.state}"))
                else:
                    continue
                del self._jobs[future]


def engine(settings: Settings) -> Engine:
    """Settings: cluster (slurm, local; default: what is there), folder (shared; default: here),
    and any parameter of submitit, such as slurm_partition or timeout_min."""
    options = dict(settings.options)
    cluster, folder = options.pop("cluster", None), Path(options.pop("folder", "."))
    numbers = {name: int(text) if text.isdecimal() else text for name, text in options.items()}
    parameters = {"timeout_min": 24 * 60, "name": "coldbench", **numbers}

    def connect() -> Executor:
        try:
            return SubmititExecutor(folder, cluster, parameters)
        except (OSError, ValueError, NameError, AssertionError, RuntimeError) as error:
            raise UsageError(f"submitit cannot be used: {shorten(error, 300)}") from None

    return Engine(connect, window=settings.workers)


def _to_file(target: str, fn: Callable[..., bytes], args: Any, kwargs: Any) -> None:
    """In the job: the answer is written aside and renamed, so that no half of it is ever read."""
    answer = fn(*args, **kwargs)
    aside = Path(target + ".part")
    aside.write_bytes(answer)
    aside.rename(target)
