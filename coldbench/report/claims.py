"""A comparison of two learners in one sentence, never stronger than its numbers."""

from dataclasses import dataclass, replace

import numpy.typing as npt

from coldbench.report.families import ALPHA
from coldbench.statistics import (
    Interval,
    SeedsNeeded,
    differences,
    reversal_probability,
    seeds_needed,
)
from coldbench.text import outward, p_in_words, share_of_time

__all__ = ["BEYOND_REACH", "Verdict", "seeds_in_words", "verdict"]

BEYOND_REACH = 200  # seeds: no study is planned with more to show so small a difference


@dataclass(frozen=True, slots=True)
class Verdict:
    """`text` and the numbers behind it; all differences are A minus B, lower is better.

    `direction` of A: "better", "worse", "not shown" or "n/a" (one seed). `reversal`: the observed
    share of pairs of single runs that name the wrong winner. `seeds`: what a new study would need.
    """

    text: str
    direction: str
    difference: Interval
    p: float | None
    reversal: Interval
    seeds: SeedsNeeded | None
    n: int


def verdict(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    names: tuple[str, str],
    scenario: str,
    p: float | None,
    limits: Interval,
    *,
    comparisons: int = 1,
    holds: str = "",
) -> Verdict:
    """Whether learner `names[0]` (runs `a` [R]) beats `names[1]` (`b` [R], same seeds).

    p, limits: of the mean difference, in the family of `comparisons` that it is one of; holds: for
    whom a difference is shown. Shown needs
    p <= .05 and limits without 0. Unit: the seed. Raises ValueError on empty, non-finite or unequal
    runs and p outside [0, 1].
    """
    if p is not None and not 0.0 <= p <= 1.0:
        raise ValueError(f"p must lie in [0, 1], got {p}")
    d, chance = differences(a, b), reversal_probability(a, b, shared=False)
    direction, mean = _direction(limits, p), float(limits.value or 0.0)
    seeds = None
    if direction == "not shown" and mean != 0.0:
        seeds = seeds_needed(d, mean, alpha=ALPHA / comparisons)
    result = Verdict("", direction, limits, p, chance.observed, seeds, d.size)
    claim = _claim(names, scenario, mean)
    return replace(result, text=_text(claim, result, comparisons, holds))


def _direction(limits: Interval, p: float | None) -> str:
    if p is None:
        return "n/a"
    if p > ALPHA or limits.low is None or limits.high is None or limits.contains(0.0):
        return "not shown"
    return "better" if limits.high < 0.0 else "worse"


def _claim(names: tuple[str, str], scenario: str, mean: float) -> str:
    first, second = names if mean <= 0.0 else names[::-1]
    verb = "differs from" if mean == 0.0 else "beats"
    return f"{first} {verb} {second} in {scenario}"


def _text(claim: str, found: Verdict, comparisons: int, holds: str) -> str:
    numbers = f"difference {outward(found.difference)}"
    if found.direction == "n/a":
        return f"One seed cannot show that {claim} ({numbers})."
    together = f" for all {comparisons} pairs at once" if comparisons > 1 else ""
    numbers = f"{numbers}, {p_in_words(found.p or 0.0)}{together}"
    seeds = f"{found.n} seeds"
    if found.direction == "not shown":
        parts = [f"It is not shown that {claim} ({seeds}; {numbers})"]
    else:
        parts = [f"{claim}: shown with {seeds}{f' {holds}' if holds else ''} ({numbers})"]
    if found.reversal.low is not None:
        parts.append(f"one run of each names the wrong winner {share_of_time(found.reversal)}")
    if found.seeds is not None:
        parts.append(seeds_in_words(found.seeds))
    return "; ".join(parts) + "."


def seeds_in_words(seeds: SeedsNeeded) -> str:
    """A range for a study of its own, 80 % power; not by how many seeds to extend this one."""
    most, least = seeds.value, seeds.optimistic
    if most is None or most > BEYOND_REACH:
        return (
            f"a difference of this size is practically none, or beyond reach: a new study would "
            f"need more than {BEYOND_REACH} seeds"
        )
    return f"a new study would need about {least} to {most} seeds to show a difference of this size"
