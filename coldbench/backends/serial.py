"""Backend `serial`: one job after another, in this process."""

from collections.abc import Iterable, Iterator

from coldbench.records import Job, Outcome
from coldbench.run import run_job

__all__ = ["serial"]


def serial(jobs: Iterable[Job], workers: int, timeout: float | None) -> Iterator[Outcome]:
    """Outcomes in the order of the jobs; `timeout` needs processes and is not kept here."""
    yield from map(run_job, jobs)
