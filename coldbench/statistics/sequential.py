"""Seeds added in looks that were planned beforehand, until every comparison is decided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import e, isfinite, log
from typing import Literal

import numpy as np
import numpy.typing as npt

from coldbench.statistics.interval import Interval
from coldbench.statistics.simultaneous import Simultaneous, simultaneous

__all__ = ["Settled", "planned_looks", "settle", "spent"]

State = Literal["open", "different", "equal"]


@dataclass(frozen=True, slots=True)
class Settled:
    """A comparison. look: 1, 2, ... at which it was decided, or the last one; limits: of the mean
    difference at that look, which hold for all pairs and all looks at once."""

    state: State
    look: int
    limits: Interval


def planned_looks(most: int, first: int = 5) -> tuple[int, ...]:
    """Seeds at each look: `first`, then twice as many each time, `most` at last.

    Raises ValueError for `most` below 2.
    """
    if most < 2:
        raise ValueError(f"the most seeds must be at least 2, got {most}")
    looks = []
    while first < most:
        looks.append(first)
        first *= 2
    return (*looks, most)


def spent(looks: Sequence[int], alpha: float = 0.05) -> tuple[float, ...]:
    """How much of `alpha` each look may spend; together all of it.

    alpha log(1 + (e - 1) t), t the share of the seeds: about as much for an early look as for a
    late one. Source: Lan & DeMets 1983, the function close to Pocock's.
    """
    used = [alpha * log(1.0 + (e - 1.0) * look / looks[-1]) for look in looks]
    return tuple(np.diff([0.0, *used]).tolist())


def settle(
    x: npt.ArrayLike,
    pairs: Sequence[tuple[int, int]],
    looks: Sequence[int],
    margin: float,
    rng: np.random.Generator,
    *,
    alpha: float = 0.05,
) -> list[Settled]:
    """What is decided about each of `pairs` of learners in `x` [K, R] at the looks reached by R.

    Each look tests all pairs at once (`simultaneous`) at what it may spend, so that by Bonferroni
    over looks nothing but the single look's test is assumed. `different` where the limits exclude
    0, `equal` where they lie within `margin` (two one-sided tests), `open` else; a decision stands
    at later looks. Unit: the seed. Raises ValueError as `simultaneous`, and for margin <= 0.
    Source: Lan & DeMets 1983; Schuirmann 1987.
    """
    runs = np.asarray(x, dtype=np.float64)
    if not margin > 0.0:
        raise ValueError(f"margin must be positive and fixed beforehand, got {margin}")
    found = [Settled("open", 0, Interval(None, None, None, 0, "n/a: no look was reached"))] * len(
        pairs
    )
    for number, (look, share) in enumerate(zip(looks, spent(looks, alpha), strict=True), 1):
        if look > runs.shape[1]:
            break
        tests = simultaneous(runs[:, :look], pairs, rng, alpha=share)
        found = [
            one if one.state != "open" else _decided(tests, place, number, share, margin)
            for place, one in enumerate(found)
        ]
    return found


def _decided(tests: Simultaneous, place: int, look: int, alpha: float, margin: float) -> Settled:
    gap, half, n = float(tests.gap[place]), float(tests.half[place]), int(tests.seeds[place])
    if not isfinite(half):
        return Settled("open", look, Interval(gap, None, None, n, "n/a: too few seeds"))
    one = Settled("open", look, Interval(gap, gap - half, gap + half, n))
    if abs(gap) + half < margin:
        return replace(one, state="equal")
    return replace(one, state="different") if float(tests.p[place]) <= alpha else one
