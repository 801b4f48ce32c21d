"""Variance by source of randomness, where the runs of a study form a design that can tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coldbench.report.league import Values
from coldbench.rng import Seeds
from coldbench.statistics import SourceVariance, oa25, source_variance

__all__ = ["Attribution", "attribute", "oa_order"]


@dataclass(frozen=True, eq=False)
class Attribution:
    """What split, episode, init and order each add to one learner's variance in a scenario."""

    learner: str
    scenario: str
    variance: SourceVariance


def attribute(
    values: Mapping[tuple[str, str], Values], learners: Sequence[str], scenarios: Sequence[str]
) -> tuple[Attribution, ...]:
    """For every learner and scenario whose finished runs hold a complete OA(25, 5^4)."""
    found = []
    for learner in learners:
        for scenario in scenarios:
            runs = values.get((learner, scenario), {})
            order = oa_order(list(runs))
            if order is not None:
                variance = source_variance([runs[label] for label in order])
                found.append(Attribution(learner, scenario, variance))
    return tuple(found)


def oa_order(labels: Sequence[str]) -> list[str] | None:
    """The seed labels of the 25 runs in the order of `oa25`, None when they are not all there.

    Five levels of each stream, whatever their seeds are: level k is the k-th smallest.
    """
    by_levels: dict[tuple[int, ...], str] = {}
    vectors = {label: vector for label in labels if (vector := _vector(label)) is not None}
    levels = [sorted({vector[stream] for vector in vectors.values()}) for stream in range(4)]
    for label, vector in vectors.items():
        by_levels[tuple(levels[k].index(vector[k]) for k in range(4))] = label
    wanted = [tuple(int(level) for level in row) for row in oa25()]
    if not all(row in by_levels for row in wanted):
        return None
    return [by_levels[row] for row in wanted]


def _vector(label: str) -> Seeds | None:
    parts = label.split(".")
    if not all(part.isdigit() for part in parts) or len(parts) not in (1, 4):
        return None
    numbers = [int(part) for part in parts]
    return Seeds(*numbers) if len(numbers) == 4 else Seeds.joint(numbers[0])
