"""What the digest of a study's predictions says of each learner in each scenario."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from coldbench.statistics import (
    CrossedVariance,
    Disagreement,
    Interval,
    NestedVariance,
    Overlap,
    nested_from_moments,
    overlap_disagreement,
)
from coldbench.study import Digest, Line

__all__ = ["Crossed", "Nested", "OrderCounts", "by_users", "disagreements", "order_counts"]

Place = tuple[str, str]  # learner, scenario


@dataclass(frozen=True, eq=False)
class Nested:
    """Every seed tests users of its own. users: mean number a seed; as standard deviations,
    single: of one user; run: of a run's mean over users, observed; chance: of that by the choice
    of users alone; rest: what is left over; part: of chance in the variance of a run's mean."""

    variance: NestedVariance
    users: float
    single: float | None
    run: float | None
    chance: float | None
    rest: float | None
    part: float | None


@dataclass(frozen=True, eq=False)
class Crossed:
    """All runs test the same users."""

    variance: CrossedVariance


def by_users(digest: Digest) -> dict[Place, Nested | Crossed]:
    """By learner and scenario: seeds against users."""
    found: dict[Place, Nested | Crossed] = {
        place: _nested(lines) for place, lines in _places(digest).items()
    }
    crossed = {(str(one["learner"]), str(one["scenario"])): _crossed(one) for one in digest.crossed}
    return {**found, **crossed}


def disagreements(digest: Digest) -> dict[Place, Disagreement]:
    """By learner and scenario: two seeds on the same rating."""
    return {
        place: overlap_disagreement(
            Overlap(
                _array(line.common for line in lines),
                _array(line.difference for line in lines),
                _array(line.churn for line in lines),
            )
        )
        for place, lines in _places(digest).items()
    }


@dataclass(frozen=True, slots=True)
class OrderCounts:
    """Test users over seeds and scenarios, each seed once. equal: whose query ratings all agree,
    so that every order is the best one; short: by metric, with fewer queries than its depth."""

    users: int
    equal: int
    short: Mapping[str, int]

    def told(self) -> str:
        """One sentence for the note under the metrics."""
        share = f"{100 * self.equal / self.users:.1f} %"
        text = f"NDCG is 1 whatever the order for {self.equal:,} of {self.users:,} test users"
        text += f" ({share}), whose query ratings are all equal"
        short = [f"{count:,} for {name}" for name, count in self.short.items() if count]
        rest = f"; with fewer queries than ranks: {', '.join(short)}" if short else ""
        return f"{text}{rest}."


def order_counts(digest: Digest) -> OrderCounts:
    """Every learner meets the same users at a seed, so one learner's lines are enough."""
    once = {(line.scenario, line.seed): line for line in digest.lines}
    short: dict[str, int] = {}
    for line in once.values():
        for name, count in line.short.items():
            short[name] = short.get(name, 0) + count
    users, equal = (sum(getattr(line, key) for line in once.values()) for key in ("users", "equal"))
    return OrderCounts(users, equal, short)


def _places(digest: Digest) -> dict[Place, list[Line]]:
    found: dict[Place, list[Line]] = {}
    for line in digest.lines:
        found.setdefault((line.learner, line.scenario), []).append(line)
    return found


def _array(values: Iterable[float]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.array(list(values), dtype=np.float64)


def _nested(lines: list[Line]) -> Nested:
    sizes, means = _array(line.users for line in lines), _array(line.mean for line in lines)
    variance = nested_from_moments(sizes, means, _array(line.squares for line in lines))
    users = float(sizes.mean())
    if variance.user is None or variance.seed is None:
        return Nested(variance, users, None, None, None, None, None)
    chance = variance.user * float((1 / sizes).mean())
    total = chance + variance.seed
    return Nested(
        variance,
        users,
        sqrt(variance.user),
        float(means.std(ddof=1)),
        sqrt(chance),
        sqrt(variance.seed),
        chance / total if total else None,
    )


def _crossed(stored: Mapping[str, Any]) -> Crossed:
    facts = {key: value for key, value in stored.items() if key not in ("learner", "scenario")}
    intervals = {k: Interval(**v) for k, v in facts.items() if isinstance(v, dict)}
    return Crossed(CrossedVariance(**{**facts, **intervals}))
