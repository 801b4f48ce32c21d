"""The league over data sets: a learner's skill on each, over all of them, and on the next one."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from coldbench.league.several.costs import front, seconds_of, sentinel_of, times_over
from coldbench.league.several.gathering import (
    Member,
    differences,
    gathered,
    measured,
    studies_of,
)
from coldbench.league.several.leaving_out import LeftOut, left_out
from coldbench.league.several.order import Agreement, agreements
from coldbench.league.several.over import Overall, corrected, overall
from coldbench.league.several.skills import Skill, comparable, not_run, ranked, skills_of
from coldbench.study import Study
from coldbench.tasks import SCENARIOS

__all__ = ["LeagueOver", "league_over"]


def league_over(studies: Sequence[Study] | str | Path) -> "LeagueOver":
    """The league over data sets, of studies or of those in a folder.

    Raises StoreError for studies that cannot stand in one table, with what mends it.
    """
    found = studies_of(Path(studies)) if isinstance(studies, str | Path) else studies
    return LeagueOver(gathered(found))


class LeagueOver:
    """Numbers of several studies, each computed once. Its tables, as data frames, are in
    `coldbench.league.several.frames`."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.members = tuple(members)

    @property
    def datasets(self) -> tuple[str, ...]:
        """Names, in the order of the studies."""
        return tuple(member.name for member in self.members)

    def member(self, dataset: str) -> Member:
        """The study of a data set."""
        return next(one for one in self.members if one.name == dataset)

    @cached_property
    def scenarios(self) -> tuple[str, ...]:
        """Those in which skill can be measured on some data set, W-W first."""
        return tuple(name for name in SCENARIOS if self.places(name))

    @cached_property
    def learners(self) -> tuple[str, ...]:
        """Those that some study was asked for, then those that only were yardsticks."""
        every = dict.fromkeys(name for member in self.members for name in member.data.planned)
        return (*(n for n in every if n in self.asked), *(n for n in every if n not in self.asked))

    @cached_property
    def asked(self) -> frozenset[str]:
        """The learners that take part in ranks."""
        return frozenset(name for member in self.members for name in member.data.asked)

    @cached_property
    def bases(self) -> dict[str, str]:
        """The registered learner of each: of `melu-ids`, `melu`."""
        every = (record.job for member in self.members for record in member.data.records)
        return {job.learner: job.base for job in every}

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What the studies do not share, in sentences."""
        return tuple(differences(self.members))

    @cached_property
    def skills(self) -> dict[tuple[str, str, str], Skill]:
        """By data set, scenario and learner: of each learner in each scenario of each data set."""
        known = {
            (one.dataset, one.scenario, one.learner): one
            for member in self.members
            for one in skills_of(member)
        }
        places = [
            (name, scenario, learner)
            for scenario in SCENARIOS
            for name in self.having(scenario)
            for learner in self.learners
        ]
        return {
            (name, scenario, learner): known.get((name, scenario, learner))
            or not_run(name, learner, scenario)
            for name, scenario, learner in places
        }

    def having(self, scenario: str) -> tuple[str, ...]:
        """The data sets that have a scenario."""
        return tuple(m.name for m in self.members if scenario in m.data.scenarios)

    def places(self, scenario: str) -> tuple[str, ...]:
        """Those of them on which skill can be measured there."""
        return tuple(n for n in self.having(scenario) if measured(self.member(n), scenario))

    @cached_property
    def compared(self) -> dict[tuple[str, str], dict[str, Skill]]:
        """By data set and scenario, then learner: skills at the same seeds, of the learners that
        have them all."""
        return {
            (name, scenario): comparable([self.skills[name, scenario, x] for x in self.learners])
            for scenario in self.scenarios
            for name in self.places(scenario)
        }

    def skill(self, dataset: str, scenario: str, learner: str) -> Skill:
        """At the seeds that are compared, where it has them all; else at its own."""
        same = self.compared.get((dataset, scenario), {})
        return same.get(learner, self.skills[dataset, scenario, learner])

    def board(self, dataset: str, scenario: str) -> list[Skill]:
        """The skills of the learners that take part, at the same seeds."""
        every = self.compared[dataset, scenario].values()
        return [one for one in every if one.learner in self.asked]

    @cached_property
    def ranks(self) -> dict[tuple[str, str, str], int]:
        """By data set, scenario and learner: the place of its mean skill."""
        return {
            (name, scenario, learner): place
            for scenario in self.scenarios
            for name in self.places(scenario)
            for learner, place in ranked(self.board(name, scenario)).items()
        }

    @cached_property
    def seconds(self) -> dict[str, dict[str, float]]:
        """Median seconds of a run, by data set and learner."""
        return seconds_of(self.members)

    @cached_property
    def sentinel(self) -> str:
        """The learner whose runs are the unit of cost."""
        return sentinel_of(self.seconds)

    @cached_property
    def overall(self) -> dict[str, list[Overall]]:
        """By scenario: the learners run on all data sets, at the same seeds, the highest mean skill
        first; then the others likewise."""
        return {scenario: self._overall(scenario) for scenario in self.scenarios}

    def _overall(self, scenario: str) -> list[Overall]:
        made = [one for name in self.learners if (one := self._of(name, scenario)) is not None]
        whole = [one for one in made if one.whole]
        cost = {one.learner: one.times for one in whole if one.times is not None}
        first = front({one.learner: one.level for one in whole}, cost)
        placed = [replace(one, front=one.learner in first) for one in corrected(made)]
        return sorted(placed, key=lambda one: (not one.whole, -one.level))

    def _of(self, learner: str, scenario: str) -> Overall | None:
        every = [self.skill(name, scenario, learner) for name in self.places(scenario)]
        run = [one for one in every if one.values]
        if not run:
            return None
        ranks = {
            one.dataset: place
            for one in run
            if (place := self.ranks.get((one.dataset, scenario, learner))) is not None
        }
        missing = [one.dataset for one in every if not one.values]
        partial = [x.dataset for x in run if learner not in self.compared[x.dataset, scenario]]
        times = times_over(self.seconds, self.sentinel, learner)
        return replace(overall(run, ranks, missing), partial=tuple(partial), times=times)

    @cached_property
    def agreements(self) -> list[Agreement]:
        """Of the learners' order, data set by data set."""
        return [one for s in self.scenarios for one in agreements(s, self._boards(s))]

    @cached_property
    def left_out(self) -> list[LeftOut]:
        """What the others say of each data set."""
        return [one for s in self.scenarios for one in left_out(s, self._boards(s))]

    def _boards(self, scenario: str) -> dict[str, Sequence[Skill]]:
        return {name: self.board(name, scenario) for name in self.places(scenario)}
