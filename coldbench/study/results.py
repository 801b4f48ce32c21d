"""The records of a study as tables: what every analysis and report starts from.

Each function reads the records itself, unless the caller has them.
"""

import math
from collections.abc import Sequence

import pandas as pd

from coldbench import registry
from coldbench.running import RunRecord
from coldbench.scoring import ScoreRow
from coldbench.study.store import Study

__all__ = ["FULL", "RUN_COLUMNS", "concentrations", "costs", "curves", "missing", "runs"]

FULL = -1  # in the column `shots`: all support ratings
RUN_COLUMNS = (
    "dataset",
    "protocol",
    "learner",
    "seed",
    "scenario",
    "metric",
    "value",
    "status",
    "shots",
    "n",
    "best",
    "reason",
    "job",
)


NO_REASON = "not finite"  # in records of versions that stored no reason
CONCENTRATION = ("entropy", "sd", "relative_sd", "top_share")


def runs(study: Study, records: Sequence[RunRecord] | None = None) -> pd.DataFrame:
    """One line for each run, scenario, shots and metric; columns RUN_COLUMNS, in plan order.

    A run that did not finish has a line for each scenario and metric, with `value` NaN, so that
    nothing is dropped silently; so has a metric without a finite value in a finished run. reason:
    why `value` is NaN, of the run or of the metric. seed is a label (str); n counts query ratings.
    """
    lines = [line for record in _read(study, records) for line in _lines(record)]
    return pd.DataFrame(lines, columns=list(RUN_COLUMNS))


def _read(study: Study, records: Sequence[RunRecord] | None) -> Sequence[RunRecord]:
    return list(study.records()) if records is None else records


def _lines(record: RunRecord) -> list[dict[str, object]]:
    job = record.job
    common = {
        "dataset": job.dataset,
        "protocol": job.protocol,
        "learner": job.learner,
        "seed": job.seeds.label,
        "status": record.status,
        "reason": record.reason,
        "job": record.job_hash,
    }
    if record.status == "finished":
        return [{**common, **_columns(row)} for row in record.scores]
    empty = {"value": float("nan"), "shots": FULL, "n": 0, "best": float("nan")}
    return [
        {**common, **empty, "scenario": scenario, "metric": metric}
        for scenario in job.scenarios
        for metric in registry.names("metric")
    ]


def _columns(row: ScoreRow) -> dict[str, object]:
    value, best = _number(row.value), _number(row.best)
    reason = row.reason or (NO_REASON if math.isnan(value) else "")
    return {**dict(row), "value": value, "best": best, "reason": reason}


def _number(stored: float | None) -> float:
    return float(stored) if stored is not None and math.isfinite(stored) else math.nan


def curves(study: Study, records: Sequence[RunRecord] | None = None) -> pd.DataFrame:
    """Learning curves: columns learner, seed, epoch, name, value; name as in `RunRecord.curve`."""
    lines = [
        (record.job.learner, record.job.seeds.label, int(entry["epoch"]), name, value)
        for record in _read(study, records)
        for entry in record.curve
        for name, value in entry.items()
        if name != "epoch"
    ]
    return pd.DataFrame(lines, columns=["learner", "seed", "epoch", "name", "value"])


def concentrations(records: Sequence[RunRecord]) -> pd.DataFrame:
    """How far the test predictions of each finished run differ from each other: columns learner,
    seed, entropy, sd, relative_sd, top_share (`learning.collapse`); no line for older records."""
    lines = [
        {
            "learner": record.job.learner,
            "seed": record.job.seeds.label,
            **{name: record.concentration[name] for name in CONCENTRATION},
        }
        for record in records
        if record.status == "finished" and record.concentration
    ]
    return pd.DataFrame(lines, columns=["learner", "seed", *CONCENTRATION])


def costs(study: Study, records: Sequence[RunRecord] | None = None) -> pd.DataFrame:
    """One line for each run: learner, seed, status, seconds (fit, predict, total), peak_bytes,
    n_parameters, epochs. Timings live here, apart from `runs`, which repeats bit for bit."""
    lines = [
        {
            "learner": record.job.learner,
            "seed": record.job.seeds.label,
            "status": record.status,
            **{f"seconds_{name}": value for name, value in record.seconds.items()},
            "peak_bytes": record.peak_bytes,
            "n_parameters": record.n_parameters,
            "epochs": record.epochs,
        }
        for record in _read(study, records)
    ]
    return pd.DataFrame(lines)


def missing(study: Study) -> pd.DataFrame:
    """Planned runs without a record: columns learner, seed."""
    stored = set(study.stored())
    holes = [job for job in study.manifest.jobs if job.job_hash not in stored]
    return pd.DataFrame([(job.learner, job.seed) for job in holes], columns=["learner", "seed"])
