"""Where a learner stands in one scenario of one data set, with every run of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from coldbench.league.several.gathering import CONSTANT
from coldbench.league.several.measure import skill_of
from coldbench.report.pairs import Pair, outcome, pair_of
from coldbench.report.standings import Standing, Values
from coldbench.report.study import ReportData
from coldbench.report.topics.against import Against
from coldbench.report.topics.to_the_best import verdict_of
from coldbench.statistics import Interval, mean_interval

__all__ = ["REFERENCES", "Beside", "Place", "places_of"]

REFERENCES = ("ridge", CONSTANT)  # beside which every learner is shown


@dataclass(frozen=True, slots=True)
class Beside:
    """MAE minus that of a reference on common seeds; outcome: `better`, `worse` or `open`."""

    difference: Interval
    outcome: str


@dataclass(frozen=True, slots=True)
class Place:
    """skills: 1 - MAE / MAE of the best constant, by seed, none where that makes no error; group:
    of its standing; gap: above the lowest mean, for all pairs at once; best: who has that mean;
    lost, constant: runs that failed or diverged, and that predict one value, in all scenarios."""

    dataset: str
    protocol: str
    scenario: str
    learner: str
    values: Values
    skills: Values
    mean: Interval
    group: str
    verdict: str
    best: str
    gap: Interval | None
    ranks: tuple[int, int] | None
    beside: dict[str, Beside]
    lost: int
    constant: int

    @property
    def skill(self) -> Interval | None:
        """None where the study has no constant to measure it by."""
        return mean_interval(list(self.skills.values())) if self.skills else None


def places_of(
    data: ReportData, dataset: str, references: Sequence[str] = REFERENCES
) -> list[Place]:
    """Of all learners in all scenarios, in the order of the study's league; dataset: its name;
    references: beside which each is shown."""
    return [
        _place(data, dataset, scenario, standing, references)
        for scenario in data.scenarios
        for standing in data.placed(scenario)
    ]


def _place(
    data: ReportData, dataset: str, scenario: str, one: Standing, references: Sequence[str]
) -> Place:
    best = next((s.learner for s in data.ranked(scenario) if s.group == "best"), "")
    return Place(
        dataset=dataset,
        protocol=data.protocol,
        scenario=scenario,
        learner=one.learner,
        values=one.values,
        skills=skill_of(one.values, data.values(CONSTANT, scenario)),
        mean=one.mean,
        group=one.group,
        verdict=verdict_of(one, data.manifest.margin),
        best=best,
        gap=one.limits,
        ranks=one.ranks,
        beside=_beside(data, one, references),
        lost=data.lost(one.learner),
        constant=data.constant(one.learner),
    )


def _beside(data: ReportData, one: Standing, references: Sequence[str]) -> dict[str, Beside]:
    """By reference, those that the study has. What the study named as learners to beat has a
    correction of its own; else that of all pairs of the scenario holds."""
    found = {}
    for contest in data.of(Against).contests:
        if (contest.learner, contest.scenario) == (one.learner, one.scenario):
            found[contest.reference] = Beside(contest.difference, contest.outcome)
    for name in references:
        if name not in found and name != one.learner:
            pair, sign = pair_of(data.every_pair, one.scenario, one.learner, name)
            if pair is not None:
                found[name] = _signed(pair, sign)
    return {name: found[name] for name in references if name in found}


def _signed(pair: Pair, sign: int) -> Beside:
    difference = pair.difference.difference
    mine = difference if sign > 0 else -difference
    return Beside(mine, outcome(mine.value, pair.adjusted))
