"""What a run costs, in runs of ridge on the same machine; and who is not beaten in both."""

from collections.abc import Mapping, Sequence
from math import exp, log

from coldbench.league.several.gathering import Member
from coldbench.league.several.skills import RIDGE
from coldbench.report.topics.cost import CostTopic

__all__ = ["front", "seconds_of", "sentinel_of", "times_over"]

SENTINELS = (RIDGE, "bias", "global-median")  # the first that every study has
Seconds = Mapping[str, Mapping[str, float]]  # data set -> learner -> median seconds of a run


def seconds_of(members: Sequence[Member]) -> dict[str, dict[str, float]]:
    """Of learners with a finished run that says how long it took."""
    return {
        member.name: {
            cost.learner: cost.seconds
            for cost in member.data.of(CostTopic).costs
            if cost.seconds > 0
        }
        for member in members
    }


def sentinel_of(seconds: Seconds) -> str:
    """The learner whose time is the unit, `` where no study says how long runs took."""
    known = (name for name in SENTINELS if all(name in mine for mine in seconds.values()))
    return next(known, "")


def times_over(seconds: Seconds, sentinel: str, learner: str) -> float | None:
    """Its seconds over the sentinel's: geometric mean over the data sets that it ran on."""
    ratios = [mine[learner] / mine[sentinel] for mine in seconds.values() if learner in mine]
    return exp(sum(map(log, ratios)) / len(ratios)) if ratios and sentinel else None


def front(skill: Mapping[str, float], cost: Mapping[str, float]) -> set[str]:
    """Learners of both mappings such that no other has at least their skill at no more than their
    cost, and more of the first or less of the second (Pareto)."""
    both = [name for name in skill if name in cost]
    return {
        name
        for name in both
        if not any(
            skill[other] >= skill[name]
            and cost[other] <= cost[name]
            and (skill[other], -cost[other]) != (skill[name], -cost[name])
            for other in both
        )
    }
