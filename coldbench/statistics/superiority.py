"""The probability that A beats B on one shared seed."""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy.typing as npt

from coldbench.statistics.arrays import finite
from coldbench.statistics.distributions import clopper_pearson, normal_quantile
from coldbench.statistics.interval import ONE_SEED

__all__ = ["Superiority", "noether_seeds", "probability_better"]


@dataclass(frozen=True, slots=True)
class Superiority:
    """`value` = share of seeds where A is better, ties half; exact limits.

    `direction` is 1 where A is shown to be better, -1 where worse, 0 where neither is shown;
    `needed` seeds are enough to show a probability of gamma.
    """

    value: float | None
    low: float | None
    high: float | None
    ties: int
    direction: int
    needed: int
    n: int
    reason: str | None = None

    @property
    def lacks_seeds(self) -> bool:
        """Whether nothing is shown, and more seeds might show it."""
        return not self.direction and self.n < self.needed


def noether_seeds(gamma: float = 0.75, alpha: float = 0.05, beta: float = 0.05) -> int:
    """Seeds to tell P(A better) = `gamma` from 1/2: ((z_a + z_b) / (sqrt(6) (gamma - 1/2)))^2."""
    z = normal_quantile(1.0 - alpha) + normal_quantile(1.0 - beta)
    return ceil((z / (sqrt(6.0) * (gamma - 0.5))) ** 2)


def _direction(low: float, high: float, gamma: float) -> int:
    if low > 0.5 and high > gamma:
        return 1
    return -1 if high < 0.5 and low < 1.0 - gamma else 0


def probability_better(
    d: npt.ArrayLike, *, gamma: float = 0.75, level: float = 0.95
) -> Superiority:
    """P(d < 0) (lower is better) from paired differences `d` [R], with Clopper-Pearson limits.

    Better when the limits exclude 1/2 and reach beyond `gamma`, worse in the mirror; otherwise
    neither is shown, for which Noether's number of seeds (29 at gamma = .75) is enough. A tie
    counts half in the value and against both sides in the limits. Unit: the seed. Assumes
    independent seeds only. R = 1 gives None. Raises ValueError on an empty or non-finite `d` and
    gamma outside (.5, 1).
    Source: Bouthillier et al. 2021; Noether 1987.
    """
    values = finite(d, "R", "d")
    if not 0.5 < gamma < 1.0:
        raise ValueError(f"gamma must lie between 0.5 and 1, got {gamma}")
    n, needed = values.size, noether_seeds(gamma)
    wins, ties = int((values < 0.0).sum()), int((values == 0.0).sum())
    if n == 1:
        return Superiority(None, None, None, ties, 0, needed, n, ONE_SEED)
    low = clopper_pearson(wins, n, level)[0]
    high = clopper_pearson(wins + ties, n, level)[1]
    direction = _direction(low, high, gamma)
    return Superiority((wins + ties / 2.0) / n, low, high, ties, direction, needed, n)
