"""MRR@k: one over the rank of each user's first relevant item, 0 beyond k, averaged over users."""

from functools import partial

import numpy as np

from coldbench.data import Array, Scale
from coldbench.scoring.metrics.metric import STARS, Metric
from coldbench.scoring.metrics.relevance import first_relevant

__all__ = ["mrr_5"]


def mrr(value: Array, score: Array, episode: Array, scale: Scale = STARS, *, k: int) -> float:
    """Mean over episodes with a relevant item of 1 / rank of the first, in [0, 1]; 1 where no
    episode has one, since then no order misses any."""
    chance = first_relevant(value, score, episode, scale, k)
    if not len(chance):
        return 1.0
    return float(min((chance / np.arange(1, k + 1)).sum(axis=1).mean(), 1.0))


mrr_5 = Metric(
    "mrr@5", partial(mrr, k=5), False, 0.0, 1.0, "",
    "mean over users of 1 / rank of the first rating in the upper quarter of the scale, to rank 5",
    5, scaled=True,
)  # fmt: skip
