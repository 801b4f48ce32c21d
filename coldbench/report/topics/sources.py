"""Variance by source of randomness, where the runs of a study form a design that can tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coldbench.report.standings import Values
from coldbench.rng import Seeds
from coldbench.statistics import SourceVariance, oa25, pair_variance, source_variance

__all__ = ["Attribution", "attribute", "oa_order", "vector_of"]


@dataclass(frozen=True, eq=False)
class Attribution:
    """What split, episode, init and order each add to one learner's variance in a scenario."""

    learner: str
    scenario: str
    variance: SourceVariance


def attribute(
    values: Mapping[tuple[str, str], Values], learners: Sequence[str], scenarios: Sequence[str]
) -> tuple[Attribution, ...]:
    """For every learner and scenario whose finished runs hold a complete OA(25, 5^4), or else a
    complete crossing of two streams."""
    found = []
    for learner in learners:
        for scenario in scenarios:
            variance = _variance(values.get((learner, scenario), {}))
            if variance is not None:
                found.append(Attribution(learner, scenario, variance))
    return tuple(found)


def _variance(runs: Values) -> SourceVariance | None:
    order = oa_order(list(runs))
    if order is not None:
        return source_variance([runs[label] for label in order])
    crossed = _crossing(list(runs))
    if crossed is None:
        return None
    names, grid = crossed
    return pair_variance([[runs[label] for label in row] for row in grid], names)


def _crossing(labels: Sequence[str]) -> tuple[tuple[str, str], list[list[str]]] | None:
    """Two streams that move while the others rest, and the labels of all pairs of their levels."""
    vectors = {vector: label for label in labels if (vector := vector_of(label)) is not None}
    moving = [n for n in Seeds._fields if len({getattr(v, n) for v in vectors}) > 1]
    if len(moving) != 2:
        return None
    first, second = moving
    rows = list(dict.fromkeys(getattr(vector, first) for vector in vectors))
    columns = list(dict.fromkeys(getattr(vector, second) for vector in vectors))
    base = next(iter(vectors))
    grid = [[base._replace(**{first: row, second: column}) for column in columns] for row in rows]
    if not all(vector in vectors for line in grid for vector in line):
        return None
    return (first, second), [[vectors[vector] for vector in line] for line in grid]


def oa_order(labels: Sequence[str]) -> list[str] | None:
    """The seed labels of the 25 runs in the order of `oa25`, None when they are not all there.

    The five levels are the same seeds for all streams: in the order in which the split stream
    shows them, or in ascending order.
    """
    vectors = {vector: label for label in labels if (vector := vector_of(label)) is not None}
    shown = list(dict.fromkeys(vector.split for vector in vectors))
    for levels in (shown[:5], sorted(shown)[:5]):
        if len(levels) == 5:
            wanted = [Seeds(*(levels[level] for level in row)) for row in oa25().tolist()]
            if all(vector in vectors for vector in wanted):
                return [vectors[vector] for vector in wanted]
    return None


def vector_of(label: str) -> Seeds | None:
    """The seed vector behind `Seeds.label`."""
    parts = label.split(".")
    if not all(part.isdigit() for part in parts) or len(parts) not in (1, 4):
        return None
    numbers = [int(part) for part in parts]
    return Seeds(*numbers) if len(numbers) == 4 else Seeds.joint(numbers[0])
