"""The records of a study as tables: what every analysis and report starts from.

Each function reads the records itself, unless the caller has them.
"""

from collections.abc import Sequence

import pandas as pd

from coldbench.learning import FIGURES
from coldbench.running import RunRecord
from coldbench.study.rows import FULL, RUN_COLUMNS, rows_of
from coldbench.study.store import Study

__all__ = ["FULL", "RUN_COLUMNS", "concentrations", "costs", "curves", "missing", "runs"]


def runs(study: Study, records: Sequence[RunRecord] | None = None) -> pd.DataFrame:
    """One line for each run, scenario, shots and metric (`study.rows`), in plan order."""
    return rows_of(_read(study, records))


def _read(study: Study, records: Sequence[RunRecord] | None) -> Sequence[RunRecord]:
    return list(study.records()) if records is None else records


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
            **{name: record.concentration[name] for name in FIGURES},
        }
        for record in records
        if record.status == "finished" and record.concentration
    ]
    return pd.DataFrame(lines, columns=["learner", "seed", *FIGURES])


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
