"""A metric as what early stopping goes by."""

import math

from coldbench.data import Ratings
from coldbench.errors import UsageError
from coldbench.learning import Criterion, Predictions
from coldbench.scoring.metrics.installed import installed
from coldbench.scoring.scores import score

__all__ = ["criterion_of"]


def criterion_of(name: str) -> Criterion | None:
    """Of a registered metric; None for the MAE, by which fitting goes anyway.

    Where the metric gives no number, the criterion raises UsageError with its reason.
    """
    if name == "mae":
        return None
    metric = installed()[name]

    def values(predictions: Predictions, ratings: Ratings) -> dict[str, float]:
        rows = score(predictions, ratings, {name: metric})
        for row in rows:
            if row.value is None:
                raise UsageError(f"{name} {row.reason} on the validation tasks of {row.scenario}")
        return {row.scenario: math.nan if row.value is None else row.value for row in rows}

    return Criterion(name, metric.lower_is_better, values)
