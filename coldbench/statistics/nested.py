"""Variance between seeds and between users, when every seed draws its own users."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, IntArray, finite
from coldbench.statistics.interval import ONE_SEED, Interval
from coldbench.statistics.mean import mean_interval

__all__ = ["NO_REPEAT", "NestedVariance", "nested_from_moments", "nested_variance"]

NO_REPEAT = "n/a: one user per seed"


@dataclass(frozen=True, slots=True)
class NestedVariance:
    """Variance of one error between seeds (`seed`) and between users of a seed (`user`).

    A negative `seed` is shown as 0, the raw number kept. `mean` is the mean of the seed means,
    with the limits of a study with other seeds and therefore other users.
    """

    mean: Interval
    seed: float | None
    user: float | None
    seed_raw: float | None
    n: int
    n_users: tuple[int, ...]
    reason: str | None = None


def nested_variance(errors: Sequence[npt.ArrayLike], *, level: float = 0.95) -> NestedVariance:
    """One-way random ANOVA of `errors`: R arrays, one per seed, of that seed's users [U_s].

    s2_U(R) = MS_within; s2_R = (MS_between - MS_within) / n0, n0 = (N - sum U_s^2 / N) / (R - 1).
    A user tested at several seeds counts as several users, so "other seeds, same users" cannot be
    separated: `crossed_variance` on the users that all seeds share can do that. Unit: the seed.
    R = 1 or one user everywhere gives None. Raises ValueError on no seed, an empty or a
    non-finite array. Source: Searle, Casella & McCulloch 1992, chapter 3.
    """
    groups = [finite(e, "U", f"errors[{s}]") for s, e in enumerate(errors)]
    means = [g.mean() for g in groups]
    inner = [float(((g - m) ** 2).sum()) for g, m in zip(groups, means, strict=True)]
    return nested_from_moments([g.size for g in groups], means, inner, level=level)


def nested_from_moments(
    sizes: npt.ArrayLike, means: npt.ArrayLike, squares: npt.ArrayLike, *, level: float = 0.95
) -> NestedVariance:
    """`nested_variance` from what it needs of each seed's users, all [R].

    `sizes`: U_s; `means`: of their errors; `squares`: sum of squared distances from that mean.
    Raises ValueError on empty or non-finite arrays.
    """
    users = finite(sizes, "R", "sizes").astype(np.int64)
    centres, inner = finite(means, "R", "means"), finite(squares, "R", "squares")
    return _nested(users, centres, float(inner.sum()), level)


def _nested(sizes: IntArray, means: FloatArray, inner: float, level: float) -> NestedVariance:
    mean = mean_interval(means, level=level)
    n, total, counts = sizes.size, int(sizes.sum()), tuple(sizes.tolist())
    if n == 1 or total == n:
        reason = ONE_SEED if n == 1 else NO_REPEAT
        return NestedVariance(mean, None, None, None, n, counts, reason)
    within = inner / (total - n)
    grand = float(sizes @ means) / total
    between = float(sizes @ (means - grand) ** 2) / (n - 1)
    typical = (total - float(sizes @ sizes) / total) / (n - 1)
    raw = (between - within) / typical
    return NestedVariance(mean, max(raw, 0.0), within, raw, n, counts)
