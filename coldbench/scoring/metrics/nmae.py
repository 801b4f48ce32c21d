"""Mean absolute error as a share of the scale's width, to compare data sets on other scales."""

from coldbench.data import Array, Scale
from coldbench.scoring.metrics.mae import pooled
from coldbench.scoring.metrics.metric import STARS, Metric

__all__ = ["nmae"]


def of_width(value: Array, score: Array, episode: Array, scale: Scale = STARS) -> float:
    """MAE / (high - low); 0 on a scale of one value, where nothing else can be said."""
    width = scale.high - scale.low
    return pooled(value, score, episode) / width if width > 0 else 0.0


nmae = Metric(
    "nmae", of_width, True, 0.0, 1.0, "", "mean absolute error over the width of the scale",
    scaled=True,
)  # fmt: skip
