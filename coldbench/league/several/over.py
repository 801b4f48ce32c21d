"""A learner over all data sets: its mean, the next data set, its verdicts, its cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from coldbench.league.several.skills import RIDGE, Skill
from coldbench.statistics import (
    OverDataSets,
    SeedsNeeded,
    holm_adjust,
    over_data_sets,
    seeds_needed,
)

__all__ = ["Overall", "corrected", "overall"]

Counts = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Overall:
    """A learner in a scenario. of: data sets that have the scenario; missing: those on which it
    was not run, partial: on which it lacks seeds that others have, so that its mean is not
    comparable with others'; skill, over_ridge: over the data sets that it ran on (and `ridge`);
    ridge, constant: on how many it is shown to beat ridge or the best constant, on how many to lose
    to it, of how many; needed: data sets that would show `over_ridge` with power .8; holm: p of
    `over_ridge`, corrected for all learners that are comparable; ranks: by data set; times: cost of
    a run in runs of the sentinel; front: whether no other is as good in less time, or better in its
    time."""

    learner: str
    scenario: str
    skill: OverDataSets
    over_ridge: OverDataSets | None
    ridge: Counts
    constant: Counts
    ranks: dict[str, int]
    of: int
    missing: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    needed: SeedsNeeded | None = None
    holm: float | None = None
    times: float | None = None
    front: bool = False

    @property
    def level(self) -> float:
        """Its mean skill."""
        return self.skill.mean.value or 0.0

    @property
    def whole(self) -> bool:
        """Whether its mean can be compared with others'."""
        return not self.missing and not self.partial


def overall(skills: Sequence[Skill], ranks: dict[str, int], missing: Sequence[str]) -> Overall:
    """From a learner's skills on the data sets that it ran on, of one scenario."""
    more = [one for one in skills if one.over_ridge]
    over_ridge = over_data_sets([list(one.over_ridge.values()) for one in more]) if more else None
    return Overall(
        skills[0].learner,
        skills[0].scenario,
        over_data_sets([list(one.values.values()) for one in skills]),
        over_ridge,
        _counts([one.to_ridge for one in skills]),
        _counts([one.to_constant for one in skills]),
        ranks,
        len(skills) + len(missing),
        tuple(missing),
        needed=_needed(more, over_ridge.mean.value) if over_ridge else None,
    )


def _needed(skills: Sequence[Skill], mean: float | None) -> SeedsNeeded | None:
    """Data sets in place of seeds: to the paired t test a unit is a unit."""
    means = [sum(one.over_ridge.values()) / len(one.over_ridge) for one in skills]
    return seeds_needed(means, mean) if mean else None


def corrected(every: Sequence[Overall]) -> list[Overall]:
    """With Holm's p in the family of the learners that stand beside ridge on every data set."""
    family = {
        one.learner: one.over_ridge.p
        for one in every
        if one.whole and one.learner != RIDGE and one.over_ridge and one.over_ridge.n == one.of
    }
    known = {name: p for name, p in family.items() if p is not None}
    adjusted = dict(zip(known, holm_adjust(list(known.values())).adjusted, strict=True))
    return [replace(one, holm=adjusted.get(one.learner)) for one in every]


def _counts(decisions: Sequence[str | None]) -> Counts:
    made = [one for one in decisions if one is not None]
    return made.count("better"), made.count("worse"), len(made)
