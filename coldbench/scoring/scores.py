"""Predictions + Ratings -> ScoreRows: every metric in every scenario."""

import math
from collections.abc import Mapping, Sequence
from numbers import Real

import numpy as np

from coldbench.data import Array, Ratings, Scale
from coldbench.errors import UsageError
from coldbench.learning import Predictions
from coldbench.scoring.metrics.metric import Metric
from coldbench.scoring.rows import ScoreRow
from coldbench.tasks import SCENARIOS

__all__ = ["score"]

LONGEST = 200  # characters of a reason


def score(
    predictions: Predictions,
    ratings: Ratings,
    metrics: Mapping[str, Metric],
    scenarios: Sequence[str] = SCENARIOS,
) -> list[ScoreRow]:
    """One row for each number of shots, scenario and metric.

    Predictions are clipped to the rating scale; the best possible ones are `Ratings.best`. A
    scenario without queries has no row. An episode is a user within a scenario. A metric that
    raises, or gives no finite number, has no value and a reason; it cannot touch the others.
    """
    scores = []
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
                number, reason = _value(metric, value, given, user, ratings.scale)
                oracle, fault = None, ""
                if best is not None:
                    oracle, fault = _value(metric, value, best, user, ratings.scale)
                scores.append(
                    ScoreRow(
                        scenario=name,
                        shots=int(shots),
                        metric=metric_name,
                        value=number,
                        n=len(rows),
                        best=oracle,
                        reason=reason or (fault and f"best possible predictions: {fault}"),
                        version=metric.version,
                    )
                )
    return scores


def _freeze(*arrays: Array | None) -> None:
    """What one metric does in place, all after it would see."""
    for array in arrays:
        if array is not None:
            array.flags.writeable = False


def _value(
    metric: Metric, value: Array, score: Array, user: Array, scale: Scale
) -> tuple[float | None, str]:
    """The value and "", or None and the reason."""
    try:
        result = metric(value, score, user, scale)
        if not isinstance(result, Real):
            return None, f"returned {type(result).__name__}, not a number"
        number = float(result)
    except UsageError as error:  # ours: the package is broken
        return None, _short(str(error))
    except (Exception, SystemExit) as error:
        return None, _short(f"raised {type(error).__name__}: {error}")
    if not math.isfinite(number):
        return None, f"returned {number}, not a finite number"
    return number, ""


def _short(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
