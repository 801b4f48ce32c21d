"""Have predictions collapsed to a constant? Figures of any predictions, and the rule for a run.

A run has collapsed when at least 99 % of its test predictions are equal to three decimals, or when
their standard deviation is below 1 % of the range of the rating scale. A learner that trains one
epoch and has no parameters, such as `global-mean`, is constant by design and never flagged.
"""

from collections.abc import Mapping

import numpy as np

from coldbench.data import Array, Scale

__all__ = ["FIGURES", "concentration", "has_collapsed", "spread_of"]

FIGURES = ("entropy", "sd", "relative_sd", "top_share")  # of `concentration`
SHARE = 0.99  # of predictions that are equal, from which a run has collapsed
RELATIVE_SD = 0.01  # of the scale's range, below which it has


def spread_of(score: Array, scale: Scale) -> dict[str, float]:
    """`entropy` and `sd` of predictions [n], n >= 1, clipped to the scale.

    entropy: of predictions rounded to the levels of the scale (`Scale.stepped`), 0 when all have
    one level, 1 when all levels are equally frequent. sd: of the unrounded ones, in rating points.
    """
    low, high, unit = scale.stepped
    clipped = np.clip(score.astype(np.float64), low, scale.high)
    levels = round((high - low) / unit) + 1
    share = np.bincount(np.rint((clipped - low) / unit).astype(np.int64)) / len(clipped)
    share = share[share > 0]
    entropy = -float((share * np.log(share)).sum()) / float(np.log(max(levels, 2)))
    return {"entropy": max(entropy, 0.0), "sd": float(clipped.std())}


def concentration(score: Array, scale: Scale) -> dict[str, float]:
    """`spread_of`, with `relative_sd` (sd over the scale's range) and `top_share`: of the most
    frequent prediction, rounded to three decimals. Empty without predictions."""
    if not len(score):
        return {}
    spread = spread_of(score, scale)
    low, high, _ = scale
    clipped = np.clip(score.astype(np.float64), low, high)
    _, counts = np.unique(np.rint(clipped * 1000), return_counts=True)
    return {
        **spread,
        "relative_sd": spread["sd"] / (high - low) if high > low else 0.0,
        "top_share": float(counts.max()) / len(score),
    }


def has_collapsed(figures: Mapping[str, float], most_epochs: int, n_parameters: int) -> bool:
    """The rule above; False where the figures were not kept (older records)."""
    if not figures or (most_epochs <= 1 and not n_parameters):
        return False
    return figures["top_share"] >= SHARE or figures["relative_sd"] < RELATIVE_SD
