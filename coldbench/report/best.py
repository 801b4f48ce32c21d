"""Which learner of a scenario is the best, decided on common seeds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coldbench.report.pairs import Pair, outcome
from coldbench.statistics import Interval

__all__ = ["Duel", "Duels", "best_of", "duels_of"]


@dataclass(frozen=True, slots=True)
class Duel:
    """A learner against another on their common seeds. gap: mean of its MAE minus the other's;
    adjusted, limits: its p and its limits in the family of all pairs of the scenario, the first
    None with one common seed."""

    gap: float
    adjusted: float | None
    limits: Interval

    @property
    def outcome(self) -> str:
        """`better`, `worse` or `open`."""
        return outcome(self.gap, self.adjusted)


Duels = Mapping[tuple[str, str], Duel]


def duels_of(pairs: Sequence[Pair], scenario: str) -> Duels:
    """Every compared pair of a scenario, seen from either side."""
    duels = {}
    for pair in (pair for pair in pairs if pair.scenario == scenario):
        gap = pair.difference.difference.value or 0.0
        duels[pair.a, pair.b] = Duel(gap, pair.adjusted, pair.limits)
        duels[pair.b, pair.a] = Duel(-gap, pair.adjusted, -pair.limits)
    return duels


def best_of(seeds: Mapping[str, int], duels: Duels) -> str | None:
    """The learner that loses to no other; where missing runs leave none, the one that loses least.

    Losing is a higher mean on the seeds that both finished; the measure is the largest such loss
    (Simpson-Kramer), which picks the lowest mean when all have the same seeds. Only learners with
    at least half of the most `seeds` count. None when each of them is shown to be worse than
    another of them, or shares no seed with one. The first named wins a tie.
    """
    most = max(seeds.values())
    fit = [name for name, count in seeds.items() if 2 * count >= most]
    if len(fit) == 1:
        return fit[0]
    met = {name: [duels[name, other] for other in fit if (name, other) in duels] for name in fit}
    unbeaten = [
        name for name, mine in met.items() if mine and all(d.outcome != "worse" for d in mine)
    ]
    return min(unbeaten, key=lambda name: max(duel.gap for duel in met[name]), default=None)
