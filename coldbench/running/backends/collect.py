"""The driver's side of every engine: submit jobs, take outcomes as they come, try losses again.

A job whose worker died, or whose answer is damaged, is tried once more, then fails. When the
engine itself is lost (its scheduler died), it is opened anew and gets all unanswered jobs again.

Several workers take the learners of a seed that have taken longest first, so that none works on
alone at the end: as far as earlier seeds say, and where jobs are not handed over all at once.
"""

import math
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import takewhile

from coldbench.errors import ColdbenchError, DataError, shorten
from coldbench.running.backends.engine import Engine, Settings
from coldbench.running.backends.wire import unpacked
from coldbench.running.backends.work import work
from coldbench.running.records import Job, Outcome
from coldbench.running.run import failure

__all__ = ["collect"]

MOST_LOSSES = 5  # of the engine in a row, without a single outcome between
Waiting = deque[tuple[Job, int]]  # jobs with the number of the next try
Kinds = tuple[type[BaseException], ...]


def collect(engine: Engine, jobs: Iterable[Job], settings: Settings) -> Iterator[Outcome]:
    """Outcomes as they come; raises ColdbenchError when the engine is lost again and again."""
    waiting: Waiting = deque((job, 1) for job in jobs)
    losses, spent = 0, dict[str, float]()
    while waiting:
        before = len(waiting)
        executor = engine.open()
        try:
            waiting = yield from _drain(engine, executor, waiting, settings, spent)
        finally:
            executor.shutdown(wait=False, cancel_futures=True)
        losses = losses + 1 if len(waiting) == before else 1
        if waiting and losses >= MOST_LOSSES:
            raise ColdbenchError(
                f"the engine was lost {losses} times in a row; finished runs are kept: "
                "the same command goes on from here"
            )


def _drain(
    engine: Engine,
    executor: Executor,
    waiting: Waiting,
    settings: Settings,
    spent: dict[str, float],
) -> Generator[Outcome, None, Waiting]:
    """Yields outcomes; returns the jobs that still wait when the engine was lost, else none.

    spent: seconds of the last run of each learner, which is kept up to date.
    """
    pending: dict[Future[bytes], tuple[Job, int]] = {}
    inner = None if engine.keeps_timeout else settings.timeout
    refused: Kinds = (*engine.lost, RuntimeError)
    while waiting or pending:
        lost = False
        while waiting and not lost and (engine.window is None or len(pending) < engine.window):
            job, tries = _next(waiting, spent if settings.workers > 1 else {})
            try:
                text = job.model_dump_json()
                pending[executor.submit(work, text, settings.source, inner)] = job, tries
            except refused:
                waiting.appendleft((job, tries))
                lost = True
        done = _first(pending)
        for future in done:
            job, tries = pending.pop(future)
            try:
                outcome = _outcome(engine, future, job, tries, settings)
            except engine.lost:
                waiting.appendleft((job, tries))
                lost = True
                continue
            if outcome is None:
                waiting.append((job, tries + 1))
            else:
                spent[job.learner] = outcome.record.seconds.get("total", 0.0)
                yield outcome
        if lost:
            return deque([*pending.values(), *waiting])
    return waiting


def _next(waiting: Waiting, spent: Mapping[str, float]) -> tuple[Job, int]:
    """Takes out the job that has taken longest of those with the first one's seeds; one of a
    learner that has not run yet comes before all that have."""
    seeds = waiting[0][0].seeds
    together = takewhile(lambda one: one[0].seeds == seeds, waiting)
    times = [spent.get(job.learner, math.inf) for job, _ in together]
    place = times.index(max(times))
    chosen = waiting[place]
    del waiting[place]
    return chosen


def _first(pending: dict[Future[bytes], tuple[Job, int]]) -> set[Future[bytes]]:
    """Waits until a job is done, in slices, so that Ctrl-C gets through on every system."""
    done: set[Future[bytes]] = set()
    while pending and not done:
        done, _ = wait(pending, timeout=0.5, return_when=FIRST_COMPLETED)
    return done


def _outcome(
    engine: Engine, future: "Future[bytes]", job: Job, tries: int, settings: Settings
) -> Outcome | None:
    """What became of a job; None when it deserves another try. Raises `engine.lost`."""
    died: Kinds = (*engine.died, DataError)
    try:
        return unpacked(future.result(), job)
    except TimeoutError:
        return failure(job, "failed", f"longer than the time-out of {settings.timeout:g} s")
    except engine.lost:
        raise
    except died as error:
        if tries == 1:
            return None
        code = getattr(error, "exitcode", None)
        cause = f"exit code {code}" if code is not None else shorten(error, 300)
        what = "its answer was damaged" if isinstance(error, DataError) else "its worker died"
        return failure(job, "failed", f"{what} twice ({cause})")
    except Exception as error:
        return failure(job, "failed", f"the engine: {type(error).__name__}: {shorten(error, 300)}")
