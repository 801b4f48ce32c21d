"""study.json: what all runs of a study share, every planned job, and whether another plan joins."""

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from coldbench.errors import StoreError, shorten
from coldbench.running import SCHEMA, Job
from coldbench.study.ablation import Departure
from coldbench.study.changes import Change
from coldbench.study.described import Described

__all__ = ["Manifest", "Planned", "differences"]

VARYING = {"learner", "base", "config", "seeds"}
DATA = "dataset_sha256"
FIXED = {"dataset": str, DATA: str, "protocol": str, "protocol_options": dict, "scenarios": list,
         "shots": list}  # fmt: skip


class Planned(BaseModel):
    """A job that the study wants: enough to say what is missing."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    job_hash: str = Field(pattern="^[0-9a-f]{16}$")  # it names a folder
    learner: str
    seed: str


class Manifest(BaseModel):
    """study.json. fixed: what all runs share (data set, protocol, ...); learners: the full
    configuration of each; jobs: all planned ones, in order; dataset_options: departures from the
    defaults with which the data were opened, without paths; departures: of an ablation, if any;
    tuning: `study.budget.Budget` of each learner that was tuned; tunable: where some were,
    whether each learner has a search space, as far as known; against: learners that the others
    should beat; margin: a difference in MAE that would not matter; looks: numbers of seeds
    at which it is looked at, of a study that runs until it is settled; data: what was understood
    and doubted of the data when the study was planned; yardsticks: learners that run as such,
    without having been asked for; given: the options of each learner that were asked for, the
    others being its defaults; history: learners run again or taken out."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: int = SCHEMA
    fixed: dict[str, Any]
    learners: dict[str, dict[str, Any]]
    jobs: list[Planned]
    dataset_options: dict[str, Any] = {}
    departures: tuple[Departure, ...] = ()
    tuning: dict[str, dict[str, Any]] = {}
    against: tuple[str, ...] = ()
    margin: float = Field(0.005, gt=0.0, allow_inf_nan=False)
    looks: tuple[int, ...] = ()
    # left out where nothing is known, so that earlier versions read what they wrote
    data: Described = Field(Described(), exclude_if=lambda value: value == Described())
    yardsticks: tuple[str, ...] = Field((), exclude_if=lambda value: not value)
    tunable: dict[str, bool] = Field({}, exclude_if=lambda value: not value)
    given: dict[str, dict[str, Any]] = Field({}, exclude_if=lambda value: not value)
    history: tuple[Change, ...] = Field((), exclude_if=lambda value: not value)

    @field_validator("fixed")
    @classmethod
    def _known(cls, fixed: dict[str, Any]) -> dict[str, Any]:
        """What every reader of a plan takes for granted."""
        for key, kind in FIXED.items():
            if not isinstance(fixed.get(key), kind):
                raise ValueError(f"fixed has no {key} ({kind.__name__})")
        version = fixed["protocol_options"].get("version", 1)
        if type(version) is not int:
            raise ValueError(f"the protocol's version is {shorten(version)}, no whole number")
        return fixed

    @classmethod
    def of(
        cls,
        jobs: Iterable[Job],
        dataset_options: Mapping[str, Any] | None = None,
        departures: Iterable[Departure] = (),
    ) -> "Manifest":
        """The manifest of jobs that differ in learner and seeds only."""
        jobs = list(jobs)
        planned = [
            Planned(job_hash=job.hash, learner=job.learner, seed=job.seeds.label) for job in jobs
        ]
        learners = {job.learner: _configuration(job) for job in jobs}
        fixed = jobs[0].model_dump(mode="json", exclude=VARYING)
        return cls(
            fixed=fixed,
            learners=learners,
            jobs=planned,
            dataset_options={k: v for k, v in (dataset_options or {}).items() if k != "path"},
            departures=tuple(departures),
        )

    @property
    def part(self) -> int | None:
        """How many users the study drew of its data set, None where it has all of them."""
        users = self.dataset_options.get("users")
        return users if type(users) is int and users > 0 else None

    def mismatches(self, job: Job) -> list[str]:
        """How a job differs from what all runs of this study share; empty when it belongs."""
        if job.learner not in self.learners:
            return [f"learner: {shorten(job.learner)} is not in the study"]
        configuration = _configuration(job)
        return [
            *differences(self.fixed, job.model_dump(mode="json", exclude=VARYING)),
            *differences(self.learners[job.learner], configuration, f"{shorten(job.learner)}."),
        ]

    def merged(self, other: "Manifest", where: Path) -> "Manifest":
        """With the jobs of another; raises StoreError, with the differences, unless compatible."""
        changed = differences(self.fixed, other.fixed)
        for name in self.learners.keys() & other.learners.keys():
            changed += differences(self.learners[name], other.learners[name], f"{name}.")
        if self.fixed | {DATA: other.fixed.get(DATA)} == other.fixed != self.fixed:
            raise StoreError(self._other_data(other, where))
        if changed:
            lines = "\n".join(f"  {line}" for line in changed)
            raise StoreError(
                f"{where} holds runs of another configuration; choose another --out"
                f"{self._mended_by(other, where)}. Changed:\n{lines}"
            )
        if self.looks != other.looks:
            raise StoreError(
                f"{where} was planned with {_looks(self.looks)}, not {_looks(other.looks)}: seeds "
                "that are added otherwise change what its tests mean; choose another --out"
            )
        known = {job.job_hash for job in self.jobs}
        jobs = [*self.jobs, *(job for job in other.jobs if job.job_hash not in known)]
        departures = {one.label: one for one in (*self.departures, *other.departures)}
        return Manifest(
            fixed=self.fixed,
            learners=self.learners | other.learners,
            jobs=jobs,
            dataset_options=self.dataset_options or other.dataset_options,
            departures=tuple(departures.values()),
            tuning=self.tuning | other.tuning,
            tunable=self.tunable | other.tunable,
            against=tuple(dict.fromkeys([*self.against, *other.against])),
            margin=self.margin,
            looks=self.looks,
            data=self.data if self.data.rows_sha256 else other.data,
            yardsticks=_yardsticks(self, other),
            given=other.given | self.given,
            history=(*self.history, *(one for one in other.history if one not in self.history)),
        )

    def _other_data(self, other: "Manifest", where: Path) -> str:
        """Why nothing can be added where only the data differ, with both fingerprints."""
        there, here = (str(plan.fixed.get(DATA))[:16] for plan in (self, other))
        return (
            f"{where} was run on other data that are called {shorten(self.fixed['dataset'])}: on "
            "another edition, other content, or data that an earlier version of coldbench read "
            "otherwise. New runs cannot be compared with its numbers: run its learners again, too, "
            f"with another --out (fingerprints: {there} there, {here} here)"
        )

    def _mended_by(self, other: "Manifest", where: Path) -> str:
        """The command that takes the changes over, where they are those of learners alone."""
        shared = [name for name in self.learners if name in other.learners]
        moved = [name for name in shared if self.learners[name] != other.learners[name]]
        if self.fixed != other.fixed or any("," in name for name in moved):
            return ""
        command = ["coldbench", "run", "--again", ",".join(moved), "--out", str(where)]
        return f", or run what has changed again: `{shlex.join(command)}`"


def _yardsticks(*plans: Manifest) -> tuple[str, ...]:
    """Those of all plans that none of these was asked for."""
    asked = {name for plan in plans for name in plan.learners if name not in plan.yardsticks}
    every = dict.fromkeys(name for plan in plans for name in plan.yardsticks)
    return tuple(name for name in every if name not in asked)


def _looks(looks: tuple[int, ...]) -> str:
    return f"looks at {', '.join(map(str, looks))} seeds" if looks else "a fixed number of seeds"


def _configuration(job: Job) -> dict[str, Any]:
    return {"base": job.base, **job.config}


def differences(old: dict[str, Any], new: dict[str, Any], prefix: str = "") -> list[str]:
    """`prefix + key: old -> new` for each key whose values differ."""
    keys = sorted(old.keys() | new.keys())
    return [
        f"{prefix}{key}: {shorten(old.get(key))} -> {shorten(new.get(key))}"
        for key in keys
        if old.get(key) != new.get(key)
    ]
