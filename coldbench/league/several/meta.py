"""Whether meta-learners earn their cost: the best of them beside the best of the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coldbench.league.families import meta_learner
from coldbench.league.several.gathering import CONSTANT
from coldbench.league.several.league import LeagueOver
from coldbench.league.several.skills import Skill, decided
from coldbench.report.pairs import pair_of
from coldbench.report.study import ReportData
from coldbench.statistics import Interval, mean_interval

__all__ = ["MetaGap", "meta_gaps"]


@dataclass(frozen=True, eq=False)
class MetaGap:
    """In a scenario of a data set. meta, other: the meta-learner and the other learner of the
    highest mean skill, of `sizes` meta-learners and others; gap: skill of the first minus the
    second, by seed; decision: `better`, `worse` or `open` of the meta-learner by the study's own
    tests, None where it has none; limits: of the gap by these tests, so for all pairs of the
    scenario at once, in units of the constant's mean error; times: seconds of its run over the
    other's."""

    dataset: str
    scenario: str
    meta: str
    other: str
    sizes: tuple[int, int]
    gap: Interval
    decision: str | None
    limits: Interval
    times: float | None


def meta_gaps(league: LeagueOver) -> list[MetaGap]:
    """By scenario and data set, wherever learners of both kinds were run."""
    return [
        made
        for scenario in league.scenarios
        for dataset in league.places(scenario)
        for made in _gaps(league, scenario, dataset)
    ]


def _gaps(league: LeagueOver, scenario: str, dataset: str) -> Iterator[MetaGap]:
    board = [one for one in league.board(dataset, scenario) if one.values]
    metas = [one for one in board if meta_learner(league.bases[one.learner])]
    others = [one for one in board if one not in metas]
    if not metas or not others:
        return
    first, second = _best(metas), _best(others)
    common = [seed for seed in first.values if seed in second.values]
    if not common:
        return
    seconds = league.seconds[dataset]
    costs = seconds.get(first.learner), seconds.get(second.learner)
    yield MetaGap(
        dataset,
        scenario,
        first.learner,
        second.learner,
        (len(metas), len(others)),
        mean_interval([first.values[seed] - second.values[seed] for seed in common]),
        decided(league.member(dataset), scenario, first.learner, second.learner),
        _limits(league.member(dataset).data, scenario, first.learner, second.learner),
        costs[0] / costs[1] if costs[0] and costs[1] else None,
    )


def _limits(data: ReportData, scenario: str, learner: str, other: str) -> Interval:
    """Of the other's MAE minus the learner's, over the mean error of the constant."""
    pair, sign = pair_of(data.every_pair, scenario, learner, other)
    if pair is None or pair.limits.low is None or pair.limits.high is None:
        return Interval(None, None, None, 0)
    constant = data.values(CONSTANT, scenario)
    unit = sum(constant.values()) / len(constant)
    ends = sorted(-sign * end / unit for end in (pair.limits.low, pair.limits.high))
    return Interval(None, ends[0], ends[1], len(pair.seeds))


def _best(some: Sequence[Skill]) -> Skill:
    return max(some, key=lambda one: one.level)
