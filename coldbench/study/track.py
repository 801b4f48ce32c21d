"""Trackers: finished runs copied to MLflow or TensorBoard. Off by default; never fail a run.

Whatever a tracker does wrong becomes one warning, after which it is left alone: the study on disk
is the result, a tracker a window on it.
"""

import importlib
import logging
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from coldbench.errors import UsageError, shorten, unknown
from coldbench.running import RunRecord

__all__ = ["TRACKERS", "Tracker", "open_tracker"]

Log = Callable[[RunRecord], None]


class Tracker:
    """Hand each stored record to `log`; it never raises."""

    def __init__(self, name: str, open_log: Callable[[], Log]) -> None:
        self.name, self._open = name, open_log
        self._log: Log | None = None
        self._failed = False

    def log(self, record: RunRecord) -> None:
        """Copy a record; the first problem is one warning and the end of tracking."""
        if self._failed:
            return
        try:
            self._log = self._log or self._open()
            self._log(record)
        except Exception as error:
            self._failed = True
            reason = f"{type(error).__name__}: {shorten(error, 200)}"
            if isinstance(error, ImportError):
                reason += f": pip install 'coldbench[{self.name}]'"
            warnings.warn(
                f"tracker {self.name} stopped ({reason}); runs are not affected", stacklevel=2
            )


def open_tracker(text: str) -> Tracker:
    """`mlflow:FOLDER` or `tensorboard:FOLDER`; raises UsageError for anything else."""
    name, colon, folder = text.partition(":")
    if not (colon and folder):
        raise UsageError(f"--track {shorten(text)}: write mlflow:FOLDER or tensorboard:FOLDER")
    if name not in TRACKERS:
        raise unknown("tracker", name, TRACKERS)
    return Tracker(name, lambda: TRACKERS[name](Path(folder)))


def _figures(record: RunRecord) -> Iterator[tuple[str, float, int]]:
    """(name, value, step): the scores at full support, then the curve, epoch by epoch."""
    for row in record.scores:
        if row.shots == -1 and row.value is not None:
            yield f"{row.metric}/{row.scenario}".replace("@", "_at_"), row.value, 0
    for entry in record.curve:
        for key, value in entry.items():
            if key != "epoch":
                yield f"curve/{key}", value, int(entry["epoch"])


def _mlflow(folder: Path) -> Log:
    """Runs in FOLDER/mlflow.db, one experiment for each data set and protocol.

    A database, since MLflow 3.17 refuses its own store of plain files.
    """
    import mlflow

    logging.getLogger("mlflow").setLevel(logging.WARNING)
    folder.mkdir(parents=True, exist_ok=True)
    place = folder.resolve()
    client = mlflow.MlflowClient(tracking_uri=f"sqlite:///{(place / 'mlflow.db').as_posix()}")
    ids: dict[str, str] = {}

    def log(record: RunRecord) -> None:
        job = record.job
        experiment = f"{job.dataset} {job.protocol}"
        if experiment not in ids:
            known = client.get_experiment_by_name(experiment)
            files = (place / "artifacts").as_uri()
            made = known.experiment_id if known else client.create_experiment(experiment, files)
            ids[experiment] = made
        name = f"{job.learner} seed {job.seeds.label}"
        run = client.create_run(ids[experiment], run_name=name, tags={"job": record.job_hash})
        params: dict[str, Any] = {"learner": job.learner, "seed": job.seeds.label, **job.config}
        for key, value in params.items():
            client.log_param(run.info.run_id, key, str(value)[:500])
        for key, value, step in _figures(record):
            client.log_metric(run.info.run_id, key, value, step=step)
        client.set_terminated(run.info.run_id, "FINISHED" if record.scores else "FAILED")

    return log


def _tensorboard(folder: Path) -> Log:
    """One folder of events for each run."""
    writers: Any = importlib.import_module("torch.utils.tensorboard")

    def log(record: RunRecord) -> None:
        place = folder / f"{record.job.learner}-{record.job.seeds.label}-{record.job_hash}"
        with writers.SummaryWriter(str(place)) as writer:
            for key, value, step in _figures(record):
                writer.add_scalar(key, value, step)

    return log


TRACKERS: dict[str, Callable[[Path], Log]] = {"mlflow": _mlflow, "tensorboard": _tensorboard}
