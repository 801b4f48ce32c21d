"""The trials of one learner on disk: one JSON file each, written aside and renamed.

A file is complete or absent, so a killed tuning resumes with the next trial.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from coldbench.aside import written_aside
from coldbench.errors import StoreError
from coldbench.running import Job, code_has_changed
from coldbench.study import Rung

__all__ = ["History", "Trial", "identity"]


class Trial(BaseModel):
    """One configuration tried. options: departures from the defaults (none in trial 0); maes:
    validation MAE of each seed that was run; epochs: the best one's number in each; identity: hash
    of what all trials share; code: as `provenance.code_of`.

    rung, configuration: of successive halving, counted from 0; trained: epochs of each run; most:
    the most that a run may choose, 0 where it chooses none."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    learner: str
    number: int
    options: dict[str, Any]
    status: str
    reason: str = ""
    maes: tuple[float, ...] = ()
    epochs: tuple[int, ...] = ()
    seconds: float = 0.0
    identity: str
    code: str = ""
    rung: int | None = None
    configuration: int | None = None
    trained: tuple[int, ...] = ()
    most: int = 0

    @property
    def mae(self) -> float | None:
        """The objective: the mean over seeds, None for a trial that did not finish."""
        return sum(self.maes) / len(self.maes) if self.status == "finished" else None


def identity(jobs: Sequence[Job], space: Any, rungs: Sequence[Rung] = ()) -> str:
    """16 digits that change with data, protocol, defaults, seeds, search space and rungs."""
    shared: list[Any] = [[job.hash for job in jobs], repr(sorted(space.items()))]
    shared += [[rung.model_dump() for rung in rungs]] if rungs else []
    return hashlib.sha256(json.dumps(shared).encode()).hexdigest()[:16]


class History:
    """The folder `trials/<learner>`; trials are numbered from 0 without gaps."""

    def __init__(self, folder: Path, learner: str, identity: str, code: str = "") -> None:
        self.folder, self.learner, self.identity = folder / learner, learner, identity
        self.code = code

    def trials(self) -> list[Trial]:
        """What is stored; raises StoreError for a damaged file or another configuration."""
        trials: list[Trial] = []
        while (file := self._file(len(trials))).exists():
            try:
                trial = Trial.model_validate_json(file.read_text("utf-8"))
            except (OSError, ValueError, ValidationError) as error:
                raise StoreError(f"{file} is damaged ({error}): delete it and resume") from None
            if trial.identity != self.identity:
                raise StoreError(
                    f"{file}: from other data, defaults, seeds, search space, options of a learner "
                    "that is tuned first, --trials instead of --configurations or another number "
                    "of these; choose another --out"
                )
            if code_has_changed(trial.code, self.code):
                raise StoreError(
                    f"{file}: {self.learner}'s code has changed since; choose another --out"
                )
            trials.append(trial)
        return trials

    def add(self, trial: Trial) -> Trial:
        """Store a trial; returns what a resumed tuning will read; raises StoreError."""
        file, text = self._file(trial.number), trial.model_dump_json(indent=1)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with written_aside(file) as aside:
                aside.write_text(text, encoding="utf-8")
        except OSError as error:
            raise StoreError(f"cannot write to {file}: {error.strerror or error}") from None
        return Trial.model_validate_json(text)

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:04d}.json"
