"""Where jobs run: engines behind `concurrent.futures.Executor`, chosen by name.

The driver submits jobs as text, gets outcomes back as bytes, checks them and alone writes them
to the study. An engine's library is imported when it is asked for.
"""

from collections.abc import Iterable, Iterator
from importlib import import_module

from coldbench.errors import UsageError, unknown
from coldbench.running.backends.collect import collect
from coldbench.running.backends.engine import Engine, Settings
from coldbench.running.backends.fetch import Source
from coldbench.running.records import Job, Outcome

__all__ = ["BACKENDS", "Engine", "Settings", "Source", "engine", "outcomes"]

BACKENDS = {
    "serial": "coldbench.running.backends.serial",
    "processes": "coldbench.running.backends.processes",
    "apart": "coldbench.running.backends.apart",
    "dask": "coldbench.running.backends.dask",
    "submitit": "coldbench.running.backends.submitit",
}
EXTRAS = {"dask": "dask", "submitit": "slurm"}


def engine(name: str, settings: Settings) -> Engine:
    """The engine of that name; raises UsageError for an unknown one or a missing library."""
    if name not in BACKENDS:
        raise unknown("backend", name, BACKENDS)
    try:
        made: Engine = import_module(BACKENDS[name]).engine(settings)
    except ImportError as error:
        extra = EXTRAS.get(name, "")
        raise UsageError(
            f"backend {name!r} needs a library that is not installed ({error}): "
            f"pip install 'coldbench[{extra}]'"
        ) from None
    return made


def outcomes(name: str, jobs: Iterable[Job], settings: Settings) -> Iterator[Outcome]:
    """Run the jobs and yield their outcomes as they come, each verified."""
    yield from collect(engine(name, settings), jobs, settings)
