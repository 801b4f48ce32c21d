"""Do two data sets put the learners in the same order?"""

from collections.abc import Iterator
from itertools import combinations
from math import atanh, comb, tanh

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, finite
from coldbench.statistics.distributions import t_quantile
from coldbench.statistics.interval import Interval, unavailable

__all__ = ["kendall", "order_agreement", "order_repeats"]

LEAST = 5  # learners of which an interval says something
MOST_HALVES = 252  # those of ten seeds: so many are enumerated
FEW = "n/a: fewer than 5 learners in common"


def kendall(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Kendall's tau-b of `a`, `b` [M]: the share of pairs in the same order minus that of pairs in
    the opposite one. 0 where all of one side are equal. Source: Kendall 1945."""
    first, second = finite(a, "M", "a"), finite(b, "M", "b")
    return _tau(_signs(first), _signs(second), np.ones(first.size))


def order_agreement(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    rng: np.random.Generator,
    *,
    level: float = 0.95,
    draws: int = 400,
) -> Interval:
    """Kendall's tau of the means over seeds of `a` [R, M] and `b` [S, M], M learners each.

    Limits: tanh(atanh tau +- t[M-1] sd*), sd* of atanh tau in `draws` resamples of learners, shared
    by both sides, and of the seeds of each. Unit: the learner and the seed. Wide rather than
    narrow, as resampled learners are fewer different ones: simulated coverage of .95 with 8, 20 and
    32 learners .95 to 1. Fewer than five have no limits. Raises ValueError on empty, non-finite or
    unequal inputs. Source: Kendall 1945; Fisher's z of tau: Fieller, Hartley & Pearson 1957.
    """
    first, second = finite(a, "RM", "a"), finite(b, "SM", "b")
    m = first.shape[1]
    if second.shape[1] != m:
        raise ValueError(f"a and b need the same learners, got {m} and {second.shape[1]}")
    tau = kendall(first.mean(axis=0), second.mean(axis=0))
    if m < LEAST:
        return unavailable(m, FEW, tau)
    sampled = [_resampled(first, second, rng) for _ in range(draws)]
    spread = float(np.std([_stretched(value, m) for value in sampled], ddof=1))
    middle, reach = _stretched(tau, m), t_quantile((1.0 + level) / 2.0, m - 1) * spread
    return Interval(tau, min(tanh(middle - reach), tau), max(tanh(middle + reach), tau), m)


def order_repeats(a: npt.ArrayLike, rng: np.random.Generator, *, draws: int = 100) -> float | None:
    """Kendall's tau of a data set with itself: mean over splits of the seeds of `a` [R, M] in
    halves, the first of R // 2 seeds; all splits up to ten seeds, else `draws` random ones.

    Less than all R seeds would repeat, since a half is noisier than the whole: no limit of what
    another data set could agree. None for R = 1. Raises ValueError on empty or non-finite values.
    """
    runs = finite(a, "RM", "a")
    if len(runs) < 2:
        return None
    taus = [
        kendall(runs[half].mean(axis=0), np.delete(runs, half, axis=0).mean(axis=0))
        for half in _halves(len(runs), rng, draws)
    ]
    return float(np.mean(taus))


def _halves(n: int, rng: np.random.Generator, draws: int) -> Iterator[list[int]]:
    """Places of n // 2 of `n` runs: all such sets where there are few."""
    if comb(n, n // 2) <= MOST_HALVES:
        yield from map(list, combinations(range(n), n // 2))
    else:
        yield from (rng.permutation(n)[: n // 2].tolist() for _ in range(draws))


def _resampled(a: FloatArray, b: FloatArray, rng: np.random.Generator) -> float:
    """tau of one resample; a learner that is drawn twice makes no pair with itself."""
    m = a.shape[1]
    times = np.bincount(rng.integers(0, m, m), minlength=m).astype(np.float64)
    first, second = (x[rng.integers(0, len(x), len(x))].mean(axis=0) for x in (a, b))
    return _tau(_signs(first), _signs(second), times)


def _signs(x: FloatArray) -> FloatArray:
    return np.asarray(np.sign(x[:, None] - x[None, :]))


def _tau(a: FloatArray, b: FloatArray, times: FloatArray) -> float:
    """From signs of differences [M, M], each learner counted so many times [M]."""
    same, own, its = (times @ signs @ times for signs in (a * b, a * a, b * b))
    return float(same / np.sqrt(own * its)) if own * its > 0.0 else 0.0


def _stretched(tau: float, m: int) -> float:
    """Fisher's z, finite for a perfect order of `m` learners too."""
    most = 1.0 - 2.0 / (m * (m - 1) + 2.0)
    return atanh(min(max(tau, -most), most))
