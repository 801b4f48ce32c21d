"""The mean over data sets, and where a new data set would fall."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import finite, mean_sd
from coldbench.statistics.distributions import t_quantile, t_two_sided
from coldbench.statistics.interval import Interval, unavailable

__all__ = ["ONE_DATA_SET", "OverDataSets", "over_data_sets"]

ONE_DATA_SET = "n/a: one data set"


@dataclass(frozen=True, slots=True)
class OverDataSets:
    """`mean` over data sets with its interval; `new`: the same mean with the limits of one further
    data set, run on as many seeds; `between`: sd of the true values of data sets, 0 where seeds
    explain all; `p`: two-sided, that the mean is 0; `n` data sets."""

    mean: Interval
    new: Interval
    between: float | None
    p: float | None
    n: int


def over_data_sets(runs: Sequence[npt.ArrayLike], *, level: float = 0.95) -> OverDataSets:
    """From `runs`: K arrays, one for each data set, of a value at each of its seeds [R_k].

    y_k = mean of runs[k]; mean +- t[K-1] s / sqrt(K) and mean +- t[K-1] s sqrt(1 + 1/K), s the sd
    of y; p = P(|T[K-1]| >= sqrt(K) |mean| / s). Unit: the data set; each counts alike, whatever its
    seeds. It is the interval of Hartung and Knapp with equal weights: weights from estimated
    variances, with Paule and Mandel's estimate between data sets, cover .90 and, for a new one, .84
    where seeds vary tenfold between three data sets; equal weights cover .94 and more. Assumes that
    data sets are drawn from some population in which y is about normal. K = 1 has no limits. Raises
    ValueError without a data set and on empty or non-finite values. Source: Hartung & Knapp 2001;
    Higgins, Thompson & Spiegelhalter 2009.
    """
    groups = [finite(values, "R", f"runs[{place}]") for place, values in enumerate(runs)]
    y = finite([values.mean() for values in groups], "K", "runs")
    mean, sd = mean_sd(y)
    n = y.size
    if n == 1:
        alone = unavailable(1, ONE_DATA_SET, mean)
        return OverDataSets(alone, alone, None, None, 1)
    reach = t_quantile((1.0 + level) / 2.0, n - 1) * sd
    here, there = reach / sqrt(n), reach * sqrt(1.0 + 1.0 / n)
    return OverDataSets(
        Interval(mean, mean - here, mean + here, n),
        Interval(mean, mean - there, mean + there, n),
        _between(groups, sd),
        _p(mean, sd / sqrt(n), n - 1),
        n,
    )


def _p(mean: float, error: float, df: int) -> float:
    """Of Student's test of 0; without spread 1 at 0, and 0 elsewhere."""
    if error == 0.0:
        return float(mean == 0.0)
    return t_two_sided(mean / error, df)


def _between(groups: Sequence[npt.NDArray[np.float64]], sd: float) -> float | None:
    """None where a data set has one seed, of which nobody knows what it adds."""
    if any(values.size < 2 for values in groups):
        return None
    errors = [mean_sd(values)[1] ** 2 / values.size for values in groups]
    return sqrt(max(sd**2 - sum(errors) / len(errors), 0.0))
