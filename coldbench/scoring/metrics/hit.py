"""Hit@k: the share of users who find a relevant item among the k that are ranked first."""

from functools import partial

from coldbench.data import Array, Scale
from coldbench.scoring.metrics.metric import STARS, Metric
from coldbench.scoring.metrics.relevance import first_relevant

__all__ = ["hit_5"]


def hit(value: Array, score: Array, episode: Array, scale: Scale = STARS, *, k: int) -> float:
    """Mean over episodes with a relevant item of [one is among the first k], in [0, 1]; 1 where no
    episode has one, since then no order misses any."""
    chance = first_relevant(value, score, episode, scale, k)
    return float(min(chance.sum(axis=1).mean(), 1.0)) if len(chance) else 1.0


hit_5 = Metric(
    "hit@5", partial(hit, k=5), False, 0.0, 1.0, "",
    "share of users with a rating in the upper quarter of the scale who find one in their first 5",
    5, scaled=True,
)  # fmt: skip
