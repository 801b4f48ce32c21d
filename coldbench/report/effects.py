"""What each departure of an ablation changes: paired effects on the mean and on the spread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from coldbench.report.families import ALPHA
from coldbench.report.pairs import Pairs, holm, pair_of, spreads_differ
from coldbench.report.standings import Values
from coldbench.statistics import (
    PairedDifference,
    SpreadComparison,
    compare_spread,
    paired_difference,
)
from coldbench.study import Departure, bases

__all__ = ["Ablation", "Effect", "Interaction", "ablation_of"]

ALL = "all switches"  # the factor that leads from one side to another
Runs = Mapping[tuple[str, str], Values]


@dataclass(frozen=True, slots=True)
class Effect:
    """`label` minus `base` on their common seeds: above 0 the change makes the error larger.

    adjusted: p of the mean difference in the family of the scenario's pairs;
    spread: sd of `label` over sd of `base`; spread_adjusted, spread_unpaired_adjusted: Holm's p of
    its tests, Pitman-Morgan and Brown-Forsythe, over all effects and scenarios.
    """

    scenario: str
    label: str
    base: str
    factor: str
    seeds: tuple[str, ...]
    difference: PairedDifference
    adjusted: float | None
    spread: SpreadComparison
    spread_adjusted: float | None = None
    spread_unpaired_adjusted: float | None = None

    @property
    def shown(self) -> bool:
        """Whether the two means are shown to differ."""
        return self.adjusted is not None and self.adjusted <= ALPHA

    @property
    def spread_shown(self) -> bool:
        """Whether the two spreads are shown to differ."""
        adjusted = self.spread_adjusted, self.spread_unpaired_adjusted
        return spreads_differ(self.spread.ratio, *adjusted)


@dataclass(frozen=True, slots=True)
class Interaction:
    """Two factors changed together: is the effect the sum of both alone?

    first, second, both: effects against the base; beyond: both - first - second, on the seeds that
    all four configurations finished; adjusted: Holm's p over all interactions and scenarios.
    """

    scenario: str
    label: str
    base: str
    factors: tuple[str, ...]
    seeds: tuple[str, ...]
    first: PairedDifference
    second: PairedDifference
    both: PairedDifference
    beyond: PairedDifference
    adjusted: float | None = None

    @property
    def shown(self) -> bool:
        """Whether the effect of both is shown to differ from that sum."""
        return self.adjusted is not None and self.adjusted <= ALPHA


@dataclass(frozen=True, eq=False)
class Ablation:
    """bases: labels, in the order of the plan; members: each base with its departures; factors:
    single ones; effects: of single departures, and of bases against those before them."""

    bases: tuple[str, ...]
    members: Mapping[str, tuple[str, ...]]
    factors: tuple[str, ...]
    effects: tuple[Effect, ...]
    interactions: tuple[Interaction, ...]
    left_out: tuple[Departure, ...]

    def effect(self, scenario: str, base: str, factor: str) -> Effect | None:
        """Of one factor, None where no seed is common."""
        wanted = (scenario, base, factor)
        matching = (e for e in self.effects if (e.scenario, e.base, e.factor) == wanted)
        return next(matching, None)


def ablation_of(
    departures: Sequence[Departure],
    values: Runs,
    pairs: Pairs,
    scenarios: Sequence[str],
) -> Ablation | None:
    """Every effect that the runs allow; None for a study without departures."""
    run = [one for one in departures if one.factors and not one.left_out]
    if not run:
        return None
    single = [one for one in run if len(one.factors) == 1]
    started = bases(departures)
    wanted = [(one.base, one.label, one.factors[0]) for one in single]
    wanted += [(a, b, _between(a, b)) for a, b in combinations(started, 2)]
    effects = [
        effect
        for scenario in scenarios
        for base, label, factor in wanted
        if (effect := _effect(scenario, base, label, factor, values, pairs)) is not None
    ]
    double = [one for one in run if len(one.factors) == 2]
    interactions = [
        interaction
        for scenario in scenarios
        for one in double
        if (interaction := _interaction(scenario, one, single, values)) is not None
    ]
    return Ablation(
        started,
        {base: (base, *(one.label for one in run if one.base == base)) for base in started},
        tuple(dict.fromkeys(one.factors[0] for one in single)),
        _spreads_corrected(effects, len(wanted) * len(scenarios)),
        _corrected(interactions, len(double) * len(scenarios)),
        tuple(one for one in departures if one.left_out),
    )


def _between(a: str, b: str) -> str:
    same = a.rpartition(":")[0] == b.rpartition(":")[0] != ""
    return ALL if same else "base"


def _effect(
    scenario: str, base: str, label: str, factor: str, values: Runs, pairs: Pairs
) -> Effect | None:
    seeds, (before, after) = _common(scenario, (base, label), values)
    if not seeds:
        return None
    pair, _ = pair_of(pairs, scenario, base, label)
    return Effect(
        scenario,
        label,
        base,
        factor,
        seeds,
        paired_difference(after, before),
        pair.adjusted if pair else None,
        compare_spread(after, before),
    )


def _interaction(
    scenario: str, double: Departure, single: Sequence[Departure], values: Runs
) -> Interaction | None:
    alone = {one.factors[0]: one.label for one in single if one.base == double.base}
    if not set(double.factors) <= alone.keys():
        return None
    labels = (double.base, *(alone[factor] for factor in double.factors), double.label)
    seeds, (base, first, second, both) = _common(scenario, labels, values)
    if not seeds:
        return None
    return Interaction(
        scenario,
        double.label,
        double.base,
        double.factors,
        seeds,
        paired_difference(first, base),
        paired_difference(second, base),
        paired_difference(both, base),
        paired_difference(both + base, first + second),
    )


def _common(
    scenario: str, labels: Sequence[str], values: Runs
) -> tuple[tuple[str, ...], list[np.ndarray[tuple[int], np.dtype[np.float64]]]]:
    """The seeds that all labels finished, and the runs of each on them."""
    runs = [values.get((label, scenario), {}) for label in labels]
    seeds = tuple(seed for seed in runs[0] if all(seed in one for one in runs))
    return seeds, [np.array([one[seed] for seed in seeds], np.float64) for one in runs]


def _spreads_corrected(effects: Sequence[Effect], declared: int) -> tuple[Effect, ...]:
    paired = holm([e.spread.p_paired for e in effects], declared)
    unpaired = holm([e.spread.p_unpaired for e in effects], declared)
    return tuple(
        replace(e, spread_adjusted=first, spread_unpaired_adjusted=second)
        for e, first, second in zip(effects, paired, unpaired, strict=True)
    )


def _corrected(interactions: Sequence[Interaction], declared: int) -> tuple[Interaction, ...]:
    adjusted = holm([one.beyond.p for one in interactions], declared)
    return tuple(replace(one, adjusted=p) for one, p in zip(interactions, adjusted, strict=True))
