"""Where jobs run: a backend maps run_job over jobs and yields outcomes as they come."""

from collections.abc import Callable, Iterable, Iterator

from coldbench.backends.processes import processes
from coldbench.backends.serial import serial
from coldbench.records import Job, Outcome

__all__ = ["BACKENDS", "Backend"]

Backend = Callable[[Iterable[Job], int, float | None], Iterator[Outcome]]

BACKENDS: dict[str, Backend] = {"serial": serial, "processes": processes}
