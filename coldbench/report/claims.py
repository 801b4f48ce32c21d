"""A comparison of two learners in one sentence, never stronger than its numbers."""

from dataclasses import dataclass, replace

import numpy.typing as npt

from coldbench.statistics import (
    Interval,
    PairedDifference,
    differences,
    paired_difference,
    reversal_probability,
    seeds_needed,
)
from coldbench.text import outward, p_in_words, share_of_time

__all__ = ["Verdict", "verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`text` and the numbers behind it; all differences are A minus B, lower is better.

    `direction` of A: "better", "worse", "not shown" or "n/a" (one seed). `seeds` would settle a
    difference of this size with 80 % power; None when it is settled, or no number would do.
    """

    text: str
    direction: str
    difference: Interval
    p: float | None
    p_holm: float | None
    reversal: Interval
    seeds: int | None
    n: int
    reason: str | None = None


def _direction(paired: PairedDifference, p_holm: float | None, alpha: float) -> str:
    """Shown only when corrected p, uncorrected p and the interval agree."""
    low, high = paired.difference.low, paired.difference.high
    if paired.p is None or low is None or high is None:
        return "n/a"
    if p_holm is None or max(p_holm, paired.p) > alpha or low <= 0.0 <= high:
        return "not shown"
    return "better" if high < 0.0 else "worse"


def _claim(names: tuple[str, str], scenario: str, mean: float) -> str:
    first, second = names
    if mean == 0.0:
        return f"{first} and {second} differ on {scenario}"
    return f"{first} {'beats' if mean < 0.0 else 'is beaten by'} {second} on {scenario}"


def _text(claim: str, verdict: Verdict, shared: bool, alpha: float) -> str:
    shown = "not shown" if verdict.direction == "not shown" else "shown"
    p = "" if verdict.p_holm is None else f", Holm {p_in_words(verdict.p_holm)}"
    numbers = f"difference {outward(verdict.difference)}{p}"
    parts = [f"{claim}: {shown} with {verdict.n} seeds ({numbers})"]
    if verdict.reason is None:
        where = " on the same split" if shared else ""
        chance = share_of_time(verdict.reversal)
        parts.append(f"one run of each{where} would name the wrong winner {chance}")
    else:
        parts.append(verdict.reason.removeprefix("n/a: "))
    if verdict.seeds is not None:
        parts.append(f"{verdict.seeds:,} seeds would settle a difference of this size (80 % power)")
    if 2.0 ** (1 - verdict.n) > alpha:
        parts.append(f"{verdict.n} seeds cannot reach p = {alpha:g} without assuming normal runs")
    return "; ".join(parts) + "."


def verdict(
    a: npt.ArrayLike,
    b: npt.ArrayLike,
    names: tuple[str, str],
    scenario: str,
    p_holm: float | None,
    *,
    comparisons: int = 1,
    shared: bool = True,
    alpha: float = 0.05,
) -> Verdict:
    """Whether learner `names[0]` (runs `a` [R]) beats `names[1]` (`b` [R], same seeds).

    `p_holm` is the p of this comparison after Holm in its declared family of `comparisons`; None
    means that it was not tested, and nothing is shown. Shown needs p_holm <= alpha, the paired
    t test's p <= alpha and limits that exclude 0. `seeds` is planned at alpha / comparisons with
    the upper 80 % limit of sd_d, a few more than Holm needs. Limits in the text are rounded
    outward. `shared` as in `reversal_probability`. Unit: the seed. Assumes normal differences.
    Raises ValueError on empty, non-finite or unequal runs, p_holm outside [0, 1], comparisons < 1.
    """
    if p_holm is not None and not 0.0 <= p_holm <= 1.0:
        raise ValueError(f"p_holm must lie in [0, 1], got {p_holm}")
    if comparisons < 1:
        raise ValueError(f"comparisons must be at least 1, got {comparisons}")
    paired, reversal = paired_difference(a, b), reversal_probability(a, b, shared=shared)
    direction = _direction(paired, p_holm, alpha)
    d = differences(a, b)
    mean = float(paired.difference.value or 0.0)
    seeds = None
    if direction == "not shown" and mean != 0.0:
        seeds = seeds_needed(d, mean, alpha=alpha / comparisons).value
        seeds = seeds if seeds is not None and seeds > paired.n else None
    claim = _claim(names, scenario, mean)
    reason = paired.reason or reversal.reason
    result = Verdict(
        "", direction, paired.difference, paired.p, p_holm, reversal.model, seeds, paired.n, reason
    )
    if direction == "n/a":
        text = f"{claim}: n/a with one seed (difference {outward(paired.difference)})."
    else:
        text = _text(claim, result, shared, alpha)
    return replace(result, text=text)
