"""Records as rows: one for each run, scenario, shots and metric."""

import math
from collections.abc import Iterable

import pandas as pd

from coldbench import registry
from coldbench.running import RunRecord
from coldbench.scoring import ScoreRow

__all__ = ["FULL", "RUN_COLUMNS", "rows_of"]

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


def rows_of(records: Iterable[RunRecord]) -> pd.DataFrame:
    """Columns RUN_COLUMNS, in the order of the records.

    A run that did not finish has a line for each scenario and metric of those that did (of all
    registered ones where none did), with `value` NaN, so that nothing is dropped silently; so has a
    metric without a finite value in a finished run. reason: why `value` is NaN, of the run or of
    the metric. seed is a label (str); n counts query ratings.
    """
    kept = list(records)
    scored = dict.fromkeys(row.metric for record in kept for row in record.scores)
    metrics = sorted(scored) or registry.names("metric")
    lines = [line for record in kept for line in _lines(record, metrics)]
    return pd.DataFrame(lines, columns=list(RUN_COLUMNS))


def _lines(record: RunRecord, metrics: Iterable[str]) -> list[dict[str, object]]:
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
        for metric in metrics
    ]


def _columns(row: ScoreRow) -> dict[str, object]:
    value, best = _number(row.value), _number(row.best)
    reason = row.reason or (NO_REASON if math.isnan(value) else "")
    return {**dict(row), "value": value, "best": best, "reason": reason}


def _number(stored: float | None) -> float:
    return float(stored) if stored is not None and math.isfinite(stored) else math.nan
