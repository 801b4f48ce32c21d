"""Are the scores of a run those of its predictions? Asked in a process into which no plugin came.

A run is scored where its learner ran, since that is where its predictions are. A plugin can change
whatever is in its process, the tasks and the metrics too, and files of this user: what it gave
there is scored once more here, with tasks and ratings that were read before it ran.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isclose

import numpy as np

from coldbench import registry
from coldbench.data import Ratings, held, open_prepared, without_values
from coldbench.errors import DataError, shorten
from coldbench.learning import Predictions
from coldbench.running import Job, Outcome, Settings, outcomes
from coldbench.scoring import ScoreRow, own_metrics, score
from coldbench.tasks import PROTOCOLS

__all__ = ["Referee", "outcomes_elsewhere"]

STRANGERS = "apart"  # where their learners run


def outcomes_elsewhere(jobs: Sequence[Job], settings: Settings) -> Iterator[Outcome]:
    """Run jobs: those of others' plugins where they answer in bytes alone, ours in this process
    where it is one worker's work."""
    plugins = registry.plugins("learner")
    ours = all(plugins[job.base].package == "coldbench" for job in jobs if job.base in plugins)
    engine = STRANGERS if not ours else "serial" if settings.workers == 1 else "processes"
    yield from outcomes(engine, jobs, settings)


@dataclass(frozen=True, eq=False)
class Referee:
    """ratings: in memory, so that nobody changes them."""

    ratings: Ratings

    @classmethod
    def of(cls, dataset_sha256: str) -> "Referee":
        """With prepared data as they are now; raises DataError for data that were changed."""
        data = held(open_prepared(dataset_sha256))
        if data.fingerprint() != dataset_sha256:
            raise DataError(
                f"the prepared data of {data.name} in the cache were changed: delete them, and "
                "they are prepared anew"
            )
        return cls(data)

    def fault(self, outcome: Outcome) -> str:
        """How a run answers other tasks than its job has, or the first of coldbench's metrics that
        is not that of its predictions; empty where nothing is wrong, or nothing was predicted."""
        job, predictions = outcome.record.job, outcome.predictions
        if predictions is None:
            return ""
        name = f"{job.learner!a} seed {job.seeds.label}"
        if not self._answers(job, predictions):
            return f"{name} predicts other ratings than the test tasks of its job have"
        told = {_place(row): row for row in outcome.record.scores}
        for row in score(predictions, self.ratings, own_metrics(), job.scenarios):
            there = told.get(_place(row))
            if there is None or there.n != row.n or not _close(there.value, row.value):
                value = there.value if there else None
                return (
                    f"{name} was scored otherwise in its own process: {shorten(row.metric)[1:-1]} "
                    f"in {row.scenario} is {value} there, {row.value} here of the same predictions"
                )
        return ""

    def _answers(self, job: Job, predictions: Predictions) -> bool:
        protocol = PROTOCOLS[job.protocol].model_validate(job.protocol_options)
        tasks = protocol.split(without_values(self.ratings), job.seeds).test.only(job.scenarios)
        order, levels = np.argsort(tasks.query.rows, kind="stable"), (-1, *job.shots)
        wanted = {
            "row": np.tile(tasks.query.rows[order], len(levels)),
            "scenario": np.tile(tasks.scenario[order], len(levels)),
            "shots": np.repeat(np.asarray(levels, np.int32), len(order)),
        }
        return all(np.array_equal(getattr(predictions, k), rows) for k, rows in wanted.items())


def _close(a: float | None, b: float | None) -> bool:
    return a is b if a is None or b is None else isclose(a, b, rel_tol=1e-9)


def _place(row: ScoreRow) -> tuple[str, int, str]:
    return row.scenario, row.shots, row.metric
