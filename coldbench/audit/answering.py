"""What happens in a room: perhaps a job at another seed, then the job; the answer as files."""

import contextlib
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from zipfile import BadZipFile

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from coldbench import registry
from coldbench.audit.passes import Part, Pass, run
from coldbench.audit.watching import Opened, code_folders, foreign, watched
from coldbench.errors import Declined, UsageError
from coldbench.learning import Predictions, load_variant
from coldbench.running import Job, Prepared, confined, prepare, start_worker

__all__ = ["Answer", "Request", "answer", "answer_in"]


class Request(BaseModel):
    """counterfactual: on data whose hidden values are other ones; supports: on data in which the
    test users outside that half gave other support ratings; after_another: a job at another seed
    comes first in the same process; parts: some tasks are predicted before all."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    counterfactual: bool = False
    supports: Literal["", "first", "random"] = ""
    after_another: bool = False
    parts: bool = False


@dataclass(frozen=True, eq=False)
class Answer:
    """made: None where there are no predictions, with the reason; declined: the learner said no;
    files: what it opened without a reason; seconds: of the job itself."""

    made: Pass | None = None
    reason: str = ""
    declined: bool = False
    files: tuple[str, ...] = ()
    seconds: float = 0.0

    def write(self, room: Path) -> None:
        """As JSON and arrays, for the process that asked."""
        facts: dict[str, Any] = {"reason": self.reason, "declined": self.declined}
        facts |= {"files": self.files, "seconds": self.seconds, "made": self.made is not None}
        if self.made is not None:
            parts = [{"how": part.how, "exact": part.exact} for part in self.made.parts]
            facts |= {"sequential": self.made.sequential, "parts": parts}
            every = [self.made.whole, *(part.predictions for part in self.made.parts)]
            for number, predictions in enumerate(every):
                np.savez(room / f"answer-{number}.npz", **vars(predictions))
        (room / "answer.json").write_text(json.dumps(facts), encoding="ascii")

    @classmethod
    def read(cls, room: Path, otherwise: str) -> "Answer":
        """The answer in a room; `otherwise` is the reason where there is none."""
        try:
            facts = json.loads((room / "answer.json").read_text("ascii"))
            made = _pass(room, facts) if facts.pop("made") else None
            files, seconds = tuple(facts["files"]), float(facts["seconds"])
            return cls(made, facts["reason"], facts["declined"], files, seconds)
        except (OSError, ValueError, KeyError, TypeError, BadZipFile):
            return cls(reason=otherwise)


def _pass(room: Path, facts: dict[str, Any]) -> Pass:
    def predictions(number: int) -> Predictions:
        with np.load(room / f"answer-{number}.npz", allow_pickle=False) as arrays:
            return Predictions(**arrays)

    parts = tuple(
        Part(part["how"], part["exact"], predictions(number))
        for number, part in enumerate(facts["parts"], 1)
    )
    return Pass(predictions(0), parts, facts["sequential"])


def answer_in(room: str) -> None:
    """Answer the request in a room: the work of a process of its own."""
    start_worker()
    sys.dont_write_bytecode = True
    folder = Path(room)
    asked = json.loads((folder / "request.json").read_text("ascii"))
    (folder / "request.json").unlink()  # it tells where the true ratings are
    os.environ.update(asked["environment"])
    tempfile.tempdir = None
    secret = tuple(Path(name) for name in asked["secret"])
    job, request = Job.model_validate(asked["job"]), Request.model_validate(asked["request"])
    code = code_folders(registry.plugins("learner")[job.base].target)
    answer(job, request, folder, secret, code, imported=False).write(folder)


def answer(
    job: Job,
    request: Request,
    room: Path,
    secret: tuple[Path, ...],
    code: tuple[Path, ...],
    prepared: Callable[[Job], Prepared] = prepare,
    imported: bool = True,
) -> Answer:
    """Answer in this process; never raises because of the learner. imported: its module has been,
    else it is watched at that too."""
    opened: Opened = []
    if not imported:
        with watched(opened), contextlib.suppress(Exception, SystemExit):
            load_variant(job.base)  # what is wrong with it is said below
    if request.after_another:
        with contextlib.suppress(Exception, SystemExit):
            _run(_another(job), False, prepared, opened)
    start = time.perf_counter()
    made, reason, declined = None, "", False
    try:
        made = _run(job, request.parts, prepared, opened)
    except Declined as error:
        reason, declined = str(error), True
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}"[:500]
    seconds = time.perf_counter() - start
    return Answer(made, reason, declined, tuple(foreign(opened, room, secret, code)), seconds)


def _run(job: Job, parts: bool, prepared: Callable[[Job], Prepared], opened: Opened) -> Pass:
    with confined(job.seeds, io.StringIO()):
        return run(prepared(job), job, parts, opened)


def _another(job: Job) -> Job:
    """The job at the next seed of every stream that draws users, ratings or weights, trained for
    one epoch where that is a legal configuration: enough to see the ratings."""
    split, episode, init, order = (seed + 1 for seed in job.seeds[:4])
    seeds = job.seeds._replace(split=split, episode=episode, init=init, order=order)
    return job.model_copy(update={"seeds": seeds, "config": _short(job)})


def _short(job: Job) -> dict[str, Any]:
    config = {**job.config, "epochs": 1}
    try:
        load_variant(job.base).learner.Config.model_validate(config)
    except (UsageError, ValidationError):
        return job.config
    return config
