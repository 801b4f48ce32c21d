"""A learner over all data sets: its mean, the next data set, its verdicts, its cost."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from coldbench.league.several.skills import Skill
from coldbench.statistics import OverDataSets, over_data_sets

__all__ = ["Overall", "overall"]

Counts = tuple[int, int, int]


@dataclass(frozen=True, eq=False)
class Overall:
    """A learner in a scenario. of: data sets that have the scenario; missing: those on which it
    was not run, so that its mean is not comparable with others'; skill, over_ridge: over the data
    sets that it ran on; ridge, constant: on how many it is shown to beat ridge or the best
    constant, on how many to lose to it, of how many; ranks: by data set; times: cost of a run in
    runs of the sentinel; front: whether nobody is as good and as cheap."""

    learner: str
    scenario: str
    skill: OverDataSets
    over_ridge: OverDataSets | None
    ridge: Counts
    constant: Counts
    ranks: dict[str, int]
    of: int
    missing: tuple[str, ...] = ()
    times: float | None = None
    front: bool = field(default=False)

    @property
    def level(self) -> float:
        """Its mean skill."""
        return self.skill.mean.value or 0.0

    @property
    def worst(self) -> int:
        """The largest of its ranks."""
        return max(self.ranks.values())


def overall(skills: Sequence[Skill], ranks: dict[str, int], missing: Sequence[str]) -> Overall:
    """From a learner's skills on the data sets that it ran on, of one scenario."""
    over_ridge = [list(one.over_ridge.values()) for one in skills if one.over_ridge]
    return Overall(
        skills[0].learner,
        skills[0].scenario,
        over_data_sets([list(one.values.values()) for one in skills]),
        over_data_sets(over_ridge) if over_ridge else None,
        _counts([one.to_ridge for one in skills]),
        _counts([one.to_constant for one in skills]),
        ranks,
        len(skills) + len(missing),
        tuple(missing),
    )


def _counts(decisions: Sequence[str | None]) -> Counts:
    made = [one for one in decisions if one is not None]
    return made.count("better"), made.count("worse"), len(made)
