"""Private rooms: a job runs where the only ratings at hand are those that it was given.

Each process has a cache, a home and a folder for temporary files of its own, and comes from a
server that has never seen a learner or a rating.
"""

import contextlib
import json
import os
import shutil
import site
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_all_start_methods
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np

from coldbench.audit.answering import Answer, Request, answer, answer_in
from coldbench.audit.counterfactual import (
    changed,
    first_half,
    hidden_rows,
    others_supports,
    random_half,
)
from coldbench.audit.watching import code_folders
from coldbench.data import SCHEMA, Array, Ratings, cache_home, data_home, write_entry
from coldbench.running import Job, Prepared, SpawnContext, prepare
from coldbench.tasks import PROTOCOLS, Split

__all__ = ["Ask", "Rooms"]

Ask = Callable[[Request], Answer]


@dataclass(frozen=True)
class Rooms:
    """A job, its ratings and its split; `apart` and `here` answer requests about it.

    limit: seconds that a process of `apart` may take; it is ended after that.
    """

    job: Job
    ratings: Ratings
    split: Split
    limit: float | None = None

    @cached_property
    def halves(self) -> dict[str, tuple[Array, Array]]:
        """`others_supports` of the split by kind of half."""
        kinds = {"first": first_half(self.split), "random": random_half(self.split)}
        n = len(self.ratings)
        return {name: others_supports(self.split, half, n) for name, half in kinds.items()}

    def ratings_for(self, request: Request) -> Ratings:
        """The ratings, with other values where the request says so."""
        rows = np.zeros(len(self.ratings), dtype=bool)
        if request.counterfactual:
            rows |= hidden_rows(self.split, len(self.ratings))
        if request.supports:
            rows |= self.halves[request.supports][1]
        return changed(self.ratings, rows) if rows.any() else self.ratings

    def apart(self, request: Request) -> Answer:
        """In a fresh process."""
        with self._room(request) as (room, environment, job):
            asked = {
                "request": request.model_dump(),
                "job": job.model_dump(mode="json"),
                "environment": environment,
                "secret": [str(folder) for folder in _secret(room)],
            }
            (room / "request.json").write_text(json.dumps(asked), encoding="ascii")
            process = _process(str(room))
            process.start()
            process.join(self.limit)
            if process.is_alive():
                process.kill()
                process.join()
                return Answer.read(room, f"its process took longer than {self.limit:g} s")
            return Answer.read(room, f"its process ended with exit code {process.exitcode}")

    def here(self, request: Request, prepared: Callable[[Job], Prepared] = prepare) -> Answer:
        """In this process, with the surroundings of a room; for checks of a plugin."""
        with self._room(request) as (room, environment, job):
            secret, code = _secret(room), code_folders("")
            with _surrounded(environment):
                return answer(job, request, room, secret, code, prepared)

    @contextlib.contextmanager
    def _room(self, request: Request) -> Iterator[tuple[Path, dict[str, str], Job]]:
        ratings = self.ratings_for(request)
        with tempfile.TemporaryDirectory(prefix="coldbench-audit-") as name:
            room = Path(name)
            for folder in ("data", "home", "tmp"):
                (room / folder).mkdir()
            entry = room / "cache" / f"prepared-{SCHEMA}" / ratings.sha256
            entry.mkdir(parents=True)
            write_entry(entry, ratings)
            entry.with_name(f"{ratings.sha256}.link").write_text(ratings.sha256, "ascii")
            _carry_tasks(self.job, room / "cache")
            job = self.job.model_copy(update={"dataset_sha256": ratings.sha256})
            yield room, _environment(room), job


def _carry_tasks(job: Job, cache: Path) -> None:
    beside = PROTOCOLS[job.protocol].model_validate(job.protocol_options).beside
    if beside:
        (cache / beside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(cache_home() / beside, cache / beside)


def _secret(room: Path) -> tuple[Path, ...]:
    """Folders of ratings: those of this process, and that of the room."""
    return cache_home(), data_home(), room / "cache"


def _environment(room: Path) -> dict[str, str]:
    home, temporary = str(room / "home"), str(room / "tmp")
    places = dict.fromkeys(("HOME", "USERPROFILE", "XDG_CONFIG_HOME"), home)
    places |= {"XDG_CACHE_HOME": home, "XDG_DATA_HOME": home, "LOCALAPPDATA": home}
    places |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary)
    places |= {"PYTHONUSERBASE": site.getuserbase()}
    return {**places, "COLDBENCH_CACHE": str(room / "cache"), "COLDBENCH_DATA": str(room / "data")}


@contextlib.contextmanager
def _surrounded(environment: Mapping[str, str]) -> Iterator[None]:
    before, temporary = dict(os.environ), tempfile.tempdir
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    os.environ.update(environment)
    tempfile.tempdir = None
    try:
        yield
    finally:
        sys.dont_write_bytecode = bytecode
        tempfile.tempdir = temporary
        os.environ.clear()
        os.environ.update(before)


def _process(room: str) -> BaseProcess:
    if "forkserver" not in get_all_start_methods():
        return SpawnContext().Process(target=answer_in, args=(room,))
    from coldbench.running import ServerContext  # only where there is such a server

    context = ServerContext()
    context.set_forkserver_preload(["coldbench.audit.answering"])
    process: BaseProcess = context.Process(target=answer_in, args=(room,))
    return process
