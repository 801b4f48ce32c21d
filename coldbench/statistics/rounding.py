"""How far two runs of one job may lie apart where nothing but rounding differs."""

from collections.abc import Sequence
from math import sqrt

import numpy.typing as npt

from coldbench.statistics.arrays import finite
from coldbench.statistics.distributions import t_quantile

__all__ = ["rounding_limit"]


def rounding_limit(
    groups: Sequence[npt.ArrayLike], comparisons: int = 1, *, level: float = 0.99
) -> float:
    """The largest |difference| of two runs of a job, each with rounding of its own.

    `groups`: of some jobs, runs [R >= 2] each that differ in rounding alone; their variance is
    pooled, sd^2 = sum SS / sum (R - 1), and the limit is t[sum (R - 1)] sd sqrt(2), so that all of
    `comparisons` differences lie within it with probability `level` (Bonferroni). Unit: the run.
    Assumes normal runs whose spread by rounding is that of these jobs. Raises ValueError on an
    empty or non-finite group, and without a group of two.
    """
    runs = [finite(group, "R") for group in groups]
    df = sum(len(group) - 1 for group in runs)
    if df < 1:
        raise ValueError("no job has two runs: nothing says how far rounding moves them")
    squares = sum(float(((group - group.mean()) ** 2).sum()) for group in runs)
    tail = 1.0 - (1.0 - level) / (2.0 * comparisons)
    return float(t_quantile(tail, df) * sqrt(2.0 * squares / df)) if squares else 0.0
