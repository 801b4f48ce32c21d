"""Are the scores of a run those of its predictions? Asked in a process into which no plugin came.

A run is scored where its learner ran, since that is where its predictions are. A plugin can change
whatever is in its process, the metrics too: what it gave there is scored once more here.
"""

from collections.abc import Iterator, Sequence
from math import isclose

from coldbench import registry
from coldbench.data import open_prepared
from coldbench.errors import shorten
from coldbench.running import Job, Outcome, Settings, outcomes
from coldbench.scoring import ScoreRow, own_metrics, score

__all__ = ["outcomes_elsewhere", "scored_otherwise"]


def outcomes_elsewhere(jobs: Sequence[Job], settings: Settings) -> Iterator[Outcome]:
    """Run jobs, in this process only where it is one worker's work and no plugin of others."""
    plugins = registry.plugins("learner")
    ours = all(plugins[job.base].package == "coldbench" for job in jobs if job.base in plugins)
    yield from outcomes("serial" if settings.workers == 1 and ours else "processes", jobs, settings)


def scored_otherwise(outcome: Outcome) -> str:
    """The first score of coldbench's metrics that is not that of the predictions, in words; empty
    where there is none, or no prediction. Raises DataError where the data are not at hand."""
    job, predictions = outcome.record.job, outcome.predictions
    if predictions is None:
        return ""
    data = open_prepared(job.dataset_sha256)
    told = {_place(row): row.value for row in outcome.record.scores}
    for row in score(predictions, data, own_metrics(), job.scenarios):
        value = told.get(_place(row))
        if value is row.value or (value and row.value and isclose(value, row.value, rel_tol=1e-9)):
            continue
        name = f"{job.learner!a} seed {job.seeds.label}"
        where = f"{shorten(row.metric)[1:-1]} in {row.scenario}"
        return (
            f"{name} was scored otherwise in its own process: {where} is {value} there, "
            f"{row.value} here of the same predictions"
        )
    return ""


def _place(row: ScoreRow) -> tuple[str, int, str]:
    return row.scenario, row.shots, row.metric
