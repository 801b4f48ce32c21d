"""Does a difference hold for new users and items, or on those of this study only?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from coldbench.report.families import ALPHA
from coldbench.report.pairs import Pair, holm, pair_of
from coldbench.report.study import ReportData
from coldbench.statistics import MultiwayDifference, multiway_difference
from coldbench.study import Sampled

__all__ = ["Crossing", "Wider"]

EARLIER = "predictions were not at hand when the digest was made"
PARTLY = "the digest lacks predictions of some of their common seeds"


@dataclass(frozen=True, slots=True)
class Wider:
    """A pair of learners where users and items are as random as seeds.

    value: a - b with limits for new ones; adjusted: Holm's p over all pairs of the scenario;
    sample: where its users and items are counted; reason: why there are no limits.
    """

    value: MultiwayDifference | None
    adjusted: float | None = None
    sample: Sampled | None = None
    reason: str = ""

    @property
    def shown(self) -> bool | None:
        """Whether the means are shown to differ for new users and items; None: not known."""
        return None if self.adjusted is None else self.adjusted <= ALPHA


class Crossing:
    """All pairs of a study for new users and items; made by `data.of(Crossing)`."""

    def __init__(self, data: ReportData) -> None:
        self.data = data

    def of(self, pair: Pair) -> Wider:
        """A comparison of the study, with the sign of its differences."""
        return self._pairs[pair.scenario, pair.a, pair.b]

    def holds(self, scenario: str, a: str, b: str) -> bool | None:
        """Whether two learners, in either order, are shown to differ for new users and items too;
        None where that is not known."""
        pair, _ = pair_of(self.data.pairs, scenario, a, b)
        return None if pair is None else self.of(pair).shown

    def clause(self, scenario: str, a: str, b: str) -> str:
        """For whom it is shown that two learners differ, to follow `shown`."""
        holds = self.holds(scenario, a, b)
        if holds is None:
            return "on these users and items, for new ones n/a"
        if holds:
            return "for new users and items too"
        return "on these users and items only, not for new ones"

    @cached_property
    def notes(self) -> list[str]:
        """Why some comparisons say nothing about new users and items."""
        reasons = dict.fromkeys(wider.reason for wider in self._pairs.values() if wider.reason)
        return [f"For new users and items: n/a, {reason}." for reason in reasons]

    @cached_property
    def _pairs(self) -> dict[tuple[str, str, str], Wider]:
        made = {}
        for scenario, family in self.data.families.items():
            pairs = [pair for pair in self.data.pairs if pair.scenario == scenario]
            found = [self._wider(pair) for pair in pairs]
            raw = [wider.value.p if wider.value else None for wider in found]
            adjusted = holm(raw, len(family.pairs))
            for pair, wider, p in zip(pairs, found, adjusted, strict=True):
                made[scenario, pair.a, pair.b] = replace(wider, adjusted=p)
        return made

    def _wider(self, pair: Pair) -> Wider:
        digest, gap = self.data.digest
        if digest is None:
            return Wider(None, reason=gap)
        if not digest.sampled and digest.schema_version < 2:
            return Wider(None, reason=EARLIER)
        sample, place = self._samples.get((pair.scenario, frozenset((pair.a, pair.b))), (None, 0))
        if len(pair.seeds) > 1 and (sample is None or set(sample.seeds) != set(pair.seeds)):
            return Wider(None, reason=PARTLY)
        if sample is None:
            return Wider(None, reason="one seed")
        value = multiway_difference(
            pair.differences,
            sample.user[place],
            sample.item[place],
            sample.both[place],
            sample.effective_users,
            sample.effective_items,
        )
        return Wider(value, None, sample, (value.reason or "").removeprefix("n/a: "))

    @cached_property
    def _samples(self) -> dict[tuple[str, frozenset[str]], tuple[Sampled, int]]:
        digest, _ = self.data.digest
        return dict(_placed(digest.sampled)) if digest else {}


def _placed(
    samples: tuple[Sampled, ...],
) -> Iterator[tuple[tuple[str, frozenset[str]], tuple[Sampled, int]]]:
    """Each pair, by scenario and learners, with its place in a sample."""
    for sample in samples:
        for place, pair in enumerate(sample.pairs):
            names = frozenset(sample.learners[member] for member in pair)
            yield (sample.scenario, names), (sample, place)
