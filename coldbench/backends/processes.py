"""Backend `processes`: jobs in worker processes (pebble), which may die or hang without harm."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, TimeoutError, wait

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from coldbench.records import Job, Outcome
from coldbench.run import failure, run_job

__all__ = ["processes"]


def processes(jobs: Iterable[Job], workers: int, timeout: float | None) -> Iterator[Outcome]:
    """Outcomes as they come. A job longer than `timeout` seconds fails; a job whose worker died
    is tried once more, then fails."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPool(max_workers=workers, context=context, initializer=_start_worker)
    try:
        pending = {pool.schedule(run_job, args=(job,), timeout=timeout): (job, 1) for job in jobs}
        while pending:
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                job, tries = pending.pop(future)
                outcome = _outcome(future, job, tries, timeout)
                if outcome is None:
                    again = pool.schedule(run_job, args=(job,), timeout=timeout)
                    pending[again] = (job, tries + 1)
                else:
                    yield outcome
        pool.close()
    finally:
        pool.stop()
        pool.join(timeout=5)


def _outcome(
    future: ProcessFuture, job: Job, tries: int, timeout: float | None
) -> Outcome | None:
    """The outcome, or None when the job deserves another try."""
    try:
        outcome: Outcome = future.result()
    except TimeoutError:
        return failure(job, "failed", f"longer than the time-out of {timeout:g} s")
    except ProcessExpired as error:
        if tries == 1:
            return None
        return failure(job, "failed", f"its worker died twice (exit code {error.exitcode})")
    return outcome


def _start_worker() -> None:
    """Leave Ctrl-C to the driver, and end with it even when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    driver = multiprocessing.parent_process()
    if driver is not None:
        threading.Thread(target=lambda: (driver.join(), os._exit(1)), daemon=True).start()
