"""Predictions + Ratings -> ScoreTable: every metric in every scenario."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from coldbench.data import Array, Ratings
from coldbench.errors import ColdbenchError
from coldbench.learning import Predictions
from coldbench.scoring.metrics.metric import Metric
from coldbench.tasks import SCENARIOS

__all__ = ["SCORE_COLUMNS", "score"]

SCORE_COLUMNS = ("scenario", "shots", "metric", "value", "n", "best")


def score(
    predictions: Predictions,
    ratings: Ratings,
    metrics: Mapping[str, Metric],
    scenarios: Sequence[str] = SCENARIOS,
) -> pd.DataFrame:
    """One line for each scenario, number of shots and metric; columns SCORE_COLUMNS.

    Predictions are clipped to the rating scale. n: query ratings; best: the same metric of the
    best possible predictions (`Ratings.best`), NaN where the data have none. A scenario without
    queries has no line. An episode is a user within a scenario. Raises ColdbenchError that names
    a metric which fails.
    """
    lines = []
    low, high, _ = ratings.scale
    wanted = None if ratings.best is None else ratings.best.astype(np.float64)
    for shots in np.unique(predictions.shots):
        for name in scenarios:
            here = (predictions.scenario == SCENARIOS.index(name)) & (predictions.shots == shots)
            rows = predictions.row[here]
            if not len(rows):
                continue
            value, user = ratings.value[rows].astype(np.float64), ratings.user[rows]
            given = np.clip(predictions.score[here].astype(np.float64), low, high)
            for metric_name, metric in metrics.items():
                best = np.nan if wanted is None else _value(metric, value, wanted[rows], user)
                found = _value(metric, value, given, user)
                lines.append((name, int(shots), metric_name, found, len(rows), best))
    return pd.DataFrame(lines, columns=list(SCORE_COLUMNS))


def _value(metric: Metric, value: Array, score: Array, user: Array) -> float:
    try:
        return metric(value, score, user)
    except Exception as error:
        raise ColdbenchError(
            f"metric {metric.name!r} raised {type(error).__name__}: {error}; all installed metrics "
            f"are computed: mend it (coldbench check metric {metric.name}) or uninstall its package"
        ) from error
