"""What a run is (Job), and what is kept of it (RunRecord). Text only, never pickles."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, field_serializer, field_validator

from coldbench.learning import FIGURES, Predictions
from coldbench.rng import Seeds
from coldbench.running.encoding import encode, fingerprint
from coldbench.running.places import Place
from coldbench.scoring import ScoreRow
from coldbench.tasks import SCENARIOS

__all__ = ["SCHEMA", "Job", "Outcome", "RunRecord", "Status"]

SCHEMA = 1  # of jobs and records; a record of a newer schema is refused

Status = Literal["finished", "diverged", "failed", "declined"]


class Job(BaseModel):
    """One run, complete: the same job gives the same predictions. Its hash is its identity.

    learner: the name in tables; base: the registered learner that it configures; protocol: name
    and all numbers; config: the learner's full configuration; shots: numbers of support ratings
    at which the test tasks are predicted besides all of them; stop_by: the metric that early
    stopping goes by, left out where it is the MAE, so that runs made before it existed keep their
    names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: int = SCHEMA
    dataset: str
    dataset_sha256: str
    protocol: str
    protocol_options: dict[str, Any]
    learner: str
    base: str
    config: dict[str, Any]
    seeds: Seeds
    scenarios: tuple[str, ...] = SCENARIOS
    shots: tuple[int, ...] = ()
    refit: bool = True
    device: str = "cpu"
    stop_by: str = Field("mae", exclude_if=lambda value: value == "mae")

    @field_serializer("seeds", when_used="json")
    def _written(self, seeds: Seeds) -> tuple[int, ...]:
        return seeds.written

    @property
    def hash(self) -> str:
        """16 hexadecimal digits of the SHA-256 of the canonical JSON."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class RunRecord(BaseModel):
    """What is kept of a run besides its predictions.

    scores: of every metric in every scenario, at every number of shots; concentration: of the
    test predictions, by `learning.collapse`, empty in records of older versions; curve: one entry
    an epoch of the search for the number of epochs; epochs: trained by the final learner; seconds:
    wall time of `fit`, `predict` and `total`; peak_bytes: highest resident memory of the process
    so far; place: the line of the learner's own code at which it failed; log: the last lines that
    the learner printed; predictions_sha256: of their contents, whatever the file format; sha256: of
    everything else in the stored record, so that edits show.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: int = SCHEMA
    job_hash: str
    job: Job
    status: Status
    reason: str = ""
    traceback: str = ""
    # left out where there is none, so that earlier versions read what they would have written
    place: Place | None = Field(None, exclude_if=lambda value: value is None)
    split_sha256: str = ""
    episode_sha256: str = ""
    predictions_sha256: str = ""
    epochs: int = 0
    n_parameters: int = 0
    scores: list[ScoreRow] = []
    concentration: dict[str, FiniteFloat] = {}
    curve: list[dict[str, float]] = []
    seconds: dict[str, FiniteFloat] = {}
    peak_bytes: int = 0
    log: str = ""
    provenance: dict[str, Any] = {}
    sha256: str = ""

    @field_validator("scores")
    @classmethod
    def _once(cls, rows: list[ScoreRow]) -> list[ScoreRow]:
        places = Counter((row.scenario, row.shots, row.metric) for row in rows)
        if len(places) < len(rows):
            (scenario, shots, metric), count = places.most_common(1)[0]
            raise ValueError(f"{count} scores of {metric} in {scenario} at shots {shots}, not one")
        return rows

    @field_validator("concentration")
    @classmethod
    def _every_figure(cls, figures: dict[str, float]) -> dict[str, float]:
        if figures and (missing := [name for name in FIGURES if name not in figures]):
            raise ValueError(f"concentration has no {missing[0]}")
        return figures

    @property
    def code(self) -> str:
        """The fingerprint of the learner's code; `` where it is not known."""
        return str(self.provenance.get("code") or "")

    def maes(self) -> dict[str, float]:
        """With all support ratings, by scenario; those that have a value."""
        return {
            row.scenario: row.value
            for row in self.scores
            if row.metric == "mae" and row.shots < 0 and row.value is not None
        }


@dataclass(frozen=True, eq=False)
class Outcome:
    """The record of a run and, when it finished, its predictions: as arrays, and as the bytes that
    the record's `predictions_sha256` was made with, which are what is sent and stored."""

    record: RunRecord
    predictions: Predictions | None = None
    parquet: bytes = b""

    @classmethod
    def of(cls, record: RunRecord, predictions: Predictions) -> "Outcome":
        """Of a finished run: the one place where predictions are encoded."""
        sha256 = fingerprint(predictions)
        record = record.model_copy(update={"predictions_sha256": sha256})
        return cls(record, predictions, encode(predictions))
