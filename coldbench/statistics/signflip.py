"""The sign-flip permutation test, exact up to 30 seeds (meet in the middle), then sampled."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, finite
from coldbench.statistics.interval import ONE_SEED

__all__ = ["EXACT_UP_TO", "SignFlip", "sign_flip"]

EXACT_UP_TO = 30


@dataclass(frozen=True, slots=True)
class SignFlip:
    """Two-sided `p`; `smallest` is the smallest p these seeds can give.

    `exact`: all 2^R sign vectors were used, not `draws` sampled ones. `reason` says when p is
    missing or when no data with so few seeds could reach `alpha`.
    """

    p: float | None
    smallest: float
    exact: bool
    draws: int
    n: int
    reason: str | None = None


def _signed_sums(d: FloatArray) -> FloatArray:
    """Sums of +-d over all sign vectors [2^len(d)]."""
    sums = np.zeros(1)
    for value in d:
        sums = np.concatenate([sums - value, sums + value])
    return sums


def _share_exact(d: FloatArray, bound: float) -> float:
    """Share of all 2^R signed sums with absolute value >= `bound` > 0."""
    left, right = _signed_sums(d[: d.size // 2]), np.sort(_signed_sums(d[d.size // 2 :]))
    upper = right.size - np.searchsorted(right, bound - left, side="left")
    # signs are symmetric, so the lower tail holds as many sums as the upper
    return 2.0 * float(upper.sum()) / 2.0**d.size


def _share_sampled(d: FloatArray, bound: float, draws: int, rng: np.random.Generator) -> float:
    """(1 + hits) / (1 + draws): the observed signs count as one draw. Eight seeds per byte."""
    total = np.zeros(draws)
    for start in range(0, d.size, 8):
        sums = _signed_sums(d[start : start + 8])
        total += sums[rng.integers(0, sums.size, size=draws)]
    return (1.0 + float((np.abs(total) >= bound).sum())) / (1.0 + draws)


def sign_flip(
    d: npt.ArrayLike, rng: np.random.Generator, *, draws: int = 50_000, alpha: float = 0.05
) -> SignFlip:
    """p of |sum of +-d| >= |sum of d| for differences `d` [R], all sign vectors equally likely.

    Unit: the seed. Assumes only that d is symmetric around 0 when the learners are equal. Exact up
    to R = 30 (`rng` untouched), else `draws` sampled sign vectors. The smallest possible p is
    2 / 2^R (zeros in d count as no seed): below R = 6 nothing reaches .05, and `reason` says so.
    R = 1 gives None. Raises ValueError on an empty or non-finite `d`.
    Source: Fisher 1935; Dror et al. 2018.
    """
    values = finite(d, "R", "d")
    n = values.size
    exact = n <= EXACT_UP_TO
    smallest = min(1.0, 2.0 ** (1 - int(np.count_nonzero(values))))
    if not exact:
        smallest = max(smallest, 1.0 / (1.0 + draws))
    used = 2**n if exact else draws
    if n == 1:
        return SignFlip(None, smallest, exact, used, n, ONE_SEED)
    reason = f"cannot reach p = {alpha:g} with {n} seeds" if smallest > alpha else None
    scale = float(np.abs(values).sum())
    # sums that differ only by rounding count as ties
    bound = abs(float(values.sum())) - 1e-10 * scale
    if bound <= 0.0:
        p = 1.0
    elif exact:
        p = _share_exact(values, bound)
    else:
        p = _share_sampled(values, bound, draws, rng)
    return SignFlip(p, smallest, exact, used, n, reason)
