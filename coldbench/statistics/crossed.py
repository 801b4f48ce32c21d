"""Variance between seeds and between users, when all seeds test the same users."""

from dataclasses import dataclass
from math import sqrt

import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, finite
from coldbench.statistics.distributions import t_quantile
from coldbench.statistics.interval import ONE_SEED, Interval, unavailable

__all__ = ["CrossedVariance", "crossed_variance"]


@dataclass(frozen=True, slots=True)
class CrossedVariance:
    """Variance of one error by `seed`, `user` and `rest` (their interaction and noise).

    Negative estimates are shown as 0, the raw numbers kept. The intervals are about the mean over
    `n` seeds and `n_users` users: `other_seeds` on the same users, `other_users` with the same
    seeds, `both` anew.
    """

    seed: float | None
    user: float | None
    rest: float | None
    seed_raw: float | None
    user_raw: float | None
    other_seeds: Interval
    other_users: Interval
    both: Interval
    n: int
    n_users: int
    reason: str | None = None


def _mean_squares(e: FloatArray) -> tuple[float, float, float]:
    """Mean squares of rows, columns and residual of `e` [R, U]."""
    seeds, users = e.shape
    rows, columns = e.mean(axis=1), e.mean(axis=0)
    grand = e.mean()
    residual = e - rows[:, None] - columns[None, :] + grand
    row = users * float(((rows - grand) ** 2).sum()) / (seeds - 1)
    column = seeds * float(((columns - grand) ** 2).sum()) / (users - 1)
    return row, column, float((residual**2).sum()) / ((seeds - 1) * (users - 1))


def _both(ms: tuple[float, float, float], seeds: int, users: int) -> tuple[float, float]:
    """Variance of the mean, times RU, and its Satterthwaite degrees of freedom."""
    row, column, rest = ms
    parts = [(m, d) for m, d in ((row, seeds - 1), (column, users - 1)) if m > rest]
    weight = 1 - len(parts)
    variance = sum(m for m, _ in parts) + weight * rest
    free = (seeds - 1) * (users - 1)
    spread = sum(m * m / d for m, d in parts) + (weight * rest) ** 2 / free
    return variance, variance**2 / spread if spread > 0.0 else 1.0


def crossed_variance(e: npt.ArrayLike, *, level: float = 0.95) -> CrossedVariance:
    """Random two-way ANOVA of per-user errors `e` [R, U]: the same U users at every seed.

    s2_RU = MS_RU, s2_R = (MS_R - MS_RU) / U, s2_U = (MS_U - MS_RU) / R;
    Var(mean) = s2_R / R + s2_U / U + s2_RU / (RU), of which other seeds redraw MS_R / (RU), other
    users MS_U / (RU); t limits on R - 1, U - 1 and Satterthwaite degrees of freedom.
    Units: seeds and users, both random. Assumes about normal means, no hole in the table; users
    that change with the seed need `nested_variance`. R = 1 or U = 1 gives None.
    Raises ValueError on an empty or non-finite `e`.
    Source: Searle, Casella & McCulloch 1992, chapter 4; Ihemelandu & Ekstrand 2023 on users.
    """
    errors = finite(e, "RU", "e")
    n, users = errors.shape
    base = float(errors.min())
    shifted = errors - base
    mean = base + float(shifted.mean())
    if min(n, users) == 1:
        return _incomplete(mean, n, users)
    row, column, rest = squares = _mean_squares(shifted)

    def limits(square: float, df: float, units: int) -> Interval:
        half = t_quantile((1.0 + level) / 2.0, df) * sqrt(square / errors.size)
        return Interval(mean, mean - half, mean + half, units)

    seed, user = (row - rest) / users, (column - rest) / n
    return CrossedVariance(
        max(seed, 0.0),
        max(user, 0.0),
        rest,
        seed,
        user,
        limits(row, n - 1, n),
        limits(column, users - 1, users),
        limits(*_both(squares, n, users), n),
        n,
        users,
    )


def _incomplete(mean: float, n: int, users: int) -> CrossedVariance:
    reason = ONE_SEED if n == 1 else "n/a: one user"
    seeds, people = unavailable(n, reason, mean), unavailable(users, reason, mean)
    return CrossedVariance(None, None, None, None, None, seeds, people, seeds, n, users, reason)
