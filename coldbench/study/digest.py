"""digest.json: what a report needs of predictions, as sums; it outlives the predictions.

Predictions are large and stay on the machine that made them. From them and the ratings come, for
each run and scenario: the errors of its users (statistic 11), how far it is from the learner's
other runs on the ratings that both predict (17), and where NDCG has nothing to order; and for each
pair of learners what other users and items would change (`coldbench.study.sampled`).
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from coldbench.data import Array, Ratings, open_prepared
from coldbench.errors import ColdbenchError, StoreError
from coldbench.learning import Predictions
from coldbench.running import RunRecord, fingerprint, seal
from coldbench.scoring import installed
from coldbench.statistics import crossed_variance, overlap_sums, returning_covariance
from coldbench.study.sampled import Collected, Sampled
from coldbench.study.store import Study
from coldbench.tasks import SCENARIOS

__all__ = ["Digest", "Line", "digest_of"]

NAME = "digest.json"
NOT_HERE = "predictions are not stored in this copy"
FULL = -1  # all support ratings
VERSION = 2  # 1 had no `returning` and `sampled`, and is read as one that holds none


class Line(BaseModel):
    """One run in one scenario.

    users, mean, squares: how many, the mean of their mean absolute errors, and the sum of squared
    distances from it; common, difference, churn: an entry of `statistics.Overlap`; equal: users
    whose query ratings all agree; short: by metric, users with fewer queries than its depth.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    job: str
    learner: str
    scenario: str
    seed: str
    users: int
    mean: float
    squares: float
    common: float
    difference: float
    churn: float
    equal: int
    short: dict[str, int] = {}


class Returning(BaseModel):
    """covariance: `statistics.returning_covariance` of a learner's runs in one scenario."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    learner: str
    scenario: str
    covariance: float


class Digest(BaseModel):
    """runs: the fingerprint of the predictions of each run that went in; crossed: by learner and
    scenario a `statistics.CrossedVariance`, where all runs test the same users; returning: of the
    others; sampled: the pairs of each scenario, by the seeds that they have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: int = VERSION
    runs: dict[str, str]
    lines: tuple[Line, ...]
    crossed: tuple[dict[str, Any], ...] = ()
    returning: tuple[Returning, ...] = ()
    sampled: tuple[Sampled, ...] = ()

    def only(self, jobs: Collection[str]) -> "Digest | None":
        """Without the learners that have runs of other jobs; None where nobody is left."""
        learners = {line.learner for line in self.lines}
        learners -= {line.learner for line in self.lines if line.job not in jobs}
        lines = tuple(line for line in self.lines if line.learner in learners)
        kept = {line.job for line in lines}
        sampled = (one.only(learners) for one in self.sampled)
        left = {
            "runs": {job: sha256 for job, sha256 in self.runs.items() if job in kept},
            "lines": lines,
            "crossed": tuple(one for one in self.crossed if one["learner"] in learners),
            "returning": tuple(one for one in self.returning if one.learner in learners),
            "sampled": tuple(one for one in sampled if one is not None),
        }
        return self.model_copy(update=left) if kept else None


def digest_of(study: Study, records: Sequence[RunRecord]) -> tuple[Digest | None, str]:
    """The stored digest, made anew where predictions and data are at hand of more runs than it
    has, or of as many and it holds less than today's; and, where some finished run is not in it,
    the reason, else ""."""
    finished = [record for record in records if record.status == "finished"]
    known = {record.job_hash: record.predictions_sha256 for record in finished}
    found = _read(study, known)
    here = [r for r in finished if study.has_predictions(r.job_hash)]
    reason = NOT_HERE
    if here and len(here) >= _worth(found):
        try:
            found = _made(study, here, open_prepared(here[0].job.dataset_sha256))
            _write(study, found)
        except ColdbenchError as error:
            reason = str(error)
    covered = len(found.runs) if found else 0
    return found, "" if covered == len(finished) else reason


def _worth(found: Digest | None) -> int:
    """From how many runs a new digest tells more than this one."""
    if found is None:
        return 1
    return len(found.runs) + (found.schema_version >= VERSION)


def _read(study: Study, known: Mapping[str, str]) -> Digest | None:
    """None where it is missing or edited; what it says of learners with other predictions than the
    records' is left out."""
    try:
        data = json.loads((study.path / NAME).read_text("utf-8"))
        if data.pop("sha256") != seal(data):
            return None
        found = Digest.model_validate(data)
    except (OSError, ValueError, ValidationError, AttributeError, KeyError, TypeError):
        return None
    same = found.runs.items() & known.items()
    return found if len(same) == len(found.runs) else found.only({job for job, _ in same})


def _write(study: Study, digest: Digest) -> None:
    data = json.loads(digest.model_dump_json())
    lines = ",\n".join(json.dumps(line) for line in data.pop("lines"))
    rest = json.dumps({**data, "sha256": seal({**data, "lines": json.loads(f"[{lines}]")})})
    try:
        study.keep(NAME, f'{rest[:-1]}, "lines": [\n{lines}\n]}}\n')
    except StoreError:
        return  # a study that cannot be written can still be read


def _made(study: Study, records: Sequence[RunRecord], ratings: Ratings) -> Digest:
    lines: list[Line] = []
    crossed: list[dict[str, Any]] = []
    returning: list[Returning] = []
    collected = [Collected(scenario, ratings) for scenario in SCENARIOS]
    for learner in dict.fromkeys(record.job.learner for record in records):
        mine = [record for record in records if record.job.learner == learner]
        known = [_predictions(study, record, ratings) for record in mine]
        for code, scenario in enumerate(SCENARIOS):
            parts = [_only(predictions, code) for predictions in known]
            places = [place for place, part in enumerate(parts) if len(part.row)]
            if places:
                runs = [mine[place] for place in places]
                made = list(_lines(runs, [parts[place] for place in places], ratings, scenario))
                lines += [line for line, _, _ in made]
                crossed += _crossed(learner, scenario, made)
                returning.append(_returning(learner, scenario, made))
                for place, run in zip(places, runs, strict=True):
                    error = _absolute(parts[place], ratings)
                    collected[code].add(learner, run.job.seeds.label, parts[place].row, error)
    return Digest(
        runs={record.job_hash: record.predictions_sha256 for record in records},
        lines=tuple(lines),
        crossed=tuple(crossed),
        returning=tuple(returning),
        sampled=tuple(one for scenario in collected for one in scenario.sampled()),
    )


def _predictions(study: Study, record: RunRecord, ratings: Ratings) -> Predictions:
    found = study.predictions(record.job_hash)
    if found is None or fingerprint(found) != record.predictions_sha256:
        raise StoreError(f"the predictions of run {record.job_hash} do not match its record")
    if len(found.row) and not 0 <= found.row.min() <= found.row.max() < len(ratings.value):
        raise StoreError(f"run {record.job_hash} predicts ratings that the data do not have")
    return found


def _only(predictions: Predictions, code: int) -> Predictions:
    here = (predictions.scenario == code) & (predictions.shots == FULL)
    names = ("row", "score", "scenario", "shots")
    return Predictions(*(getattr(predictions, name)[here] for name in names))


def _clipped(part: Predictions, ratings: Ratings) -> Array:
    low, high, _ = ratings.scale
    return np.clip(part.score.astype(np.float64), low, high)


def _absolute(part: Predictions, ratings: Ratings) -> Array:
    error: Array = np.abs(_clipped(part, ratings) - ratings.value[part.row])
    return error


def _lines(
    records: Sequence[RunRecord], parts: Sequence[Predictions], ratings: Ratings, scenario: str
) -> Iterator[tuple[Line, Array, Array]]:
    """The line of each run of one learner, its users and their errors."""
    scores = [_clipped(part, ratings) for part in parts]
    seed = np.repeat(np.arange(len(parts)), [len(part.row) for part in parts])
    rows = np.concatenate([part.row for part in parts])
    overlap = overlap_sums(np.concatenate(scores), rows, seed, ratings.scale.stepped)
    depths = _depths()
    for place, (record, part, score) in enumerate(zip(records, parts, scores, strict=True)):
        value = ratings.value[part.row].astype(np.float64)
        users, index, count = np.unique(
            ratings.user[part.row], return_inverse=True, return_counts=True
        )
        error = np.bincount(index, weights=np.abs(score - value)) / count
        mean = float(error.mean())
        line = Line(
            job=record.job_hash,
            learner=record.job.learner,
            scenario=scenario,
            seed=record.job.seeds.label,
            users=len(users),
            mean=mean,
            squares=float(((error - mean) ** 2).sum()),
            common=float(overlap.count[place]),
            difference=float(overlap.difference[place]),
            churn=float(overlap.churn[place]),
            equal=_equal(value, index, len(users)),
            short={name: int((count < depth).sum()) for name, depth in depths.items()},
        )
        yield line, users, error


def _depths() -> dict[str, int]:
    return {name: metric.depth for name, metric in installed().items() if metric.depth}


def _equal(value: Array, user: Array, n: int) -> int:
    """Users whose ratings all agree, so that every order of their items is the best one."""
    lowest, highest = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(lowest, user, value)
    np.maximum.at(highest, user, value)
    return int((lowest == highest).sum())


def _crossed(
    learner: str, scenario: str, made: Sequence[tuple[Line, Array, Array]]
) -> list[dict[str, Any]]:
    users = made[0][1]
    if len(made) < 2 or not all(np.array_equal(users, other) for _, other, _ in made):
        return []
    found = crossed_variance(np.stack([error for _, _, error in made]))
    return [{"learner": learner, "scenario": scenario, **asdict(found)}]


def _returning(learner: str, scenario: str, made: Sequence[tuple[Line, Array, Array]]) -> Returning:
    found = returning_covariance([error for _, _, error in made], [users for _, users, _ in made])
    return Returning(learner=learner, scenario=scenario, covariance=found)
