"""Predictions + Ratings -> ScoreTable: every metric in every scenario."""

import math
from collections.abc import Mapping, Sequence
from numbers import Real

import numpy as np
import pandas as pd

from coldbench.data import Array, Ratings, Scale
from coldbench.errors import UsageError
from coldbench.learning import Predictions
from coldbench.scoring.metrics.metric import Metric
from coldbench.tasks import SCENARIOS

__all__ = ["SCORE_COLUMNS", "score"]

SCORE_COLUMNS = ("scenario", "shots", "metric", "value", "n", "best", "reason", "version")
LONGEST = 200  # characters of a reason


def score(
    predictions: Predictions,
    ratings: Ratings,
    metrics: Mapping[str, Metric],
    scenarios: Sequence[str] = SCENARIOS,
) -> pd.DataFrame:
    """One line for each scenario, number of shots and metric; columns SCORE_COLUMNS.

    Predictions are clipped to the rating scale. n: query ratings; best: the same metric of the
    best possible predictions (`Ratings.best`), NaN where the data have none; version: of the
    metric's definition. A scenario without queries has no line. An episode is a user within a
    scenario. A metric that raises, or gives no finite number, has the value NaN and a reason; it
    cannot touch the others.
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
            best = None if wanted is None else wanted[rows]
            _freeze(value, given, user, best)
            for metric_name, metric in metrics.items():
                found, why = _value(metric, value, given, user, ratings.scale)
                oracle, doubt = math.nan, ""
                if best is not None:
                    oracle, doubt = _value(metric, value, best, user, ratings.scale)
                reason = why or (doubt and f"best possible predictions: {doubt}")
                place = name, int(shots), metric_name
                lines.append((*place, found, len(rows), oracle, reason, metric.version))
    return pd.DataFrame(lines, columns=list(SCORE_COLUMNS))


def _freeze(*arrays: Array | None) -> None:
    """What one metric does in place, all after it would see."""
    for array in arrays:
        if array is not None:
            array.flags.writeable = False


def _value(
    metric: Metric, value: Array, score: Array, user: Array, scale: Scale
) -> tuple[float, str]:
    """The value and "", or NaN and the reason."""
    try:
        found = metric(value, score, user, scale)
        if not isinstance(found, Real):
            return math.nan, f"returned {type(found).__name__}, not a number"
        number = float(found)
    except UsageError as error:  # ours: the package is broken
        return math.nan, _short(str(error))
    except (Exception, SystemExit) as error:
        return math.nan, _short(f"raised {type(error).__name__}: {error}")
    if not math.isfinite(number):
        return math.nan, f"returned {number}, not a finite number"
    return number, ""


def _short(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
