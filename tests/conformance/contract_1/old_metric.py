"""old-metric: the share of predictions that miss the rating by more than half a point."""

import numpy as np
import numpy.typing as npt
from coldbench.metrics.metric import Metric

Array = npt.NDArray[np.float64]


def misses(value: Array, score: Array, episode: Array) -> float:
    """mean over ratings of |score - value| > 0.5."""
    return float((np.abs(score - value) > 0.5).mean())


metric = Metric(
    name="old-metric",
    function=misses,
    lower_is_better=True,
    low=0.0,
    high=1.0,
    unit="",
    summary="share of predictions more than half a point off",
    contract=1,
)
