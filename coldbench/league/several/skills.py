"""How much of the best constant's error a learner removes, on one data set."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from coldbench.league.several.gathering import CONSTANT, Member
from coldbench.league.several.measure import NO_ERROR, makes_error, skill_of
from coldbench.report.pairs import pair_of
from coldbench.report.standings import Standing
from coldbench.statistics import Interval, mean_interval

__all__ = ["RIDGE", "Skill", "comparable", "decided", "not_run", "ranked", "skills_of"]

RIDGE = "ridge"  # the closed form that a learner has to beat to be worth its time
Values = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Skill:
    """A learner in a scenario of a data set. values: 1 - MAE / MAE of the best constant, by seed;
    mae: its mean; over_ridge: skill minus that of ridge, by seed; tested: seeds that any learner
    finished; ranks: that the study's tests leave to it; group: as in `Standing`; to_ridge,
    to_constant: `better`, `worse` or `open` by the study's own decision, None where it has none;
    why: why there is no value."""

    dataset: str
    scenario: str
    learner: str
    values: Values = field(default_factory=dict)
    mae: Interval | None = None
    over_ridge: Values = field(default_factory=dict)
    tested: int = 0
    ranks: tuple[int, int] | None = None
    group: str = ""
    to_ridge: str | None = None
    to_constant: str | None = None
    why: str = ""

    @property
    def skill(self) -> Interval | None:
        """With its 95 % interval over seeds, None where it was not run."""
        return mean_interval(list(self.values.values())) if self.values else None

    @property
    def level(self) -> float:
        """Its mean."""
        return sum(self.values.values()) / len(self.values)


def skills_of(member: Member) -> Iterator[Skill]:
    """Of every learner in every scenario of a study, whether it has a run or not."""
    for scenario in member.data.scenarios:
        for learner in member.data.planned:
            standing = member.data.standing(learner, scenario)
            yield _run(member, standing) if standing else _no_run(member, learner, scenario)


def not_run(dataset: str, learner: str, scenario: str) -> Skill:
    """Of a learner that the study of a data set does not have."""
    return Skill(dataset, scenario, learner, why="not run")


def _no_run(member: Member, learner: str, scenario: str) -> Skill:
    declined = any(
        one.job.learner == learner and one.status == "declined" for one in member.data.unfinished
    )
    why = "declined" if declined else "failed" if member.data.lost(learner) else "not run"
    return Skill(member.name, scenario, learner, why=why)


def _run(member: Member, standing: Standing) -> Skill:
    data, learner, scenario = member.data, standing.learner, standing.scenario
    constant = data.values(CONSTANT, scenario)
    mine = skill_of(standing.values, constant)
    ridge = skill_of(data.values(RIDGE, scenario), constant)
    return Skill(
        member.name,
        scenario,
        learner,
        mine,
        standing.mean,
        {seed: value - ridge[seed] for seed, value in mine.items() if seed in ridge},
        standing.tested,
        standing.ranks,
        standing.group,
        decided(member, scenario, learner, RIDGE),
        decided(member, scenario, learner, CONSTANT),
        "" if mine else _why(constant),
    )


def _why(constant: Values) -> str:
    if constant and not makes_error(constant):
        return NO_ERROR
    return "no seed in common with the best constant"


def comparable(skills: Sequence[Skill]) -> dict[str, Skill]:
    """By learner, of one scenario of one data set, all on the same seeds: those that at least half
    of the learners with a run have. Who lacks one of these is left out, since means over other
    seeds cannot be compared."""
    run = [one for one in skills if one.values]
    counts = Counter(seed for one in run for seed in one.values)
    shared = {seed for seed, count in counts.items() if 2 * count >= len(run)}
    whole = [one for one in run if shared and shared <= one.values.keys()]
    return {one.learner: _at(one, shared) for one in whole}


def _at(one: Skill, seeds: set[str]) -> Skill:
    values, over_ridge = (
        {seed: value for seed, value in mine.items() if seed in seeds}
        for mine in (one.values, one.over_ridge)
    )
    return replace(one, values=values, over_ridge=over_ridge)


def decided(member: Member, scenario: str, learner: str, other: str) -> str | None:
    """`better`, `worse` or `open` of a learner beside another, as the study's own report decides;
    None where it does not compare them."""
    pair, sign = pair_of(member.data.every_pair, scenario, learner, other)
    if pair is None or pair.adjusted is None:
        return None
    gap = sign * (pair.difference.difference.value or 0.0)
    if not pair.shown or not gap:
        return "open"
    return "better" if gap < 0.0 else "worse"


def ranked(skills: Sequence[Skill]) -> dict[str, int]:
    """Places by learner, the highest mean first, of skills on the same seeds of one data set; those
    that tie share the better place."""
    levels = {one.learner: one.level for one in skills}
    return {
        name: 1 + sum(other > level for other in levels.values()) for name, level in levels.items()
    }
