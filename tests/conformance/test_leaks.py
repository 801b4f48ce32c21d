"""`coldbench check` finds cheats too, and says which replay did and what to do."""

import pytest

from coldbench.conformance import learners as conformance
from coldbench.conformance.advice import ADVICE
from coldbench.conformance.checking import _verdict
from coldbench.conformance.problem import Problem
from coldbench.data.ratings import Ratings
from coldbench.learning.learner import Variant
from tests.audit.cheats import CHEATS, DISARMED, HONEST, MEMORY

NAMED = {
    "pools": "a_part_of_the_tasks_is_enough",
    "mates": "a_part_of_the_tasks_is_enough",
    "remembers": "earlier_work_does_not_matter",
    "mixes": "targets_are_never_seen",
    "cached": "targets_are_never_seen",
    "reads": "errors_are_possible",
    "hunts": "errors_are_possible",  # this process, unlike one of a study, holds all ratings
    "climbs": "errors_are_possible",
}
KINDS = {**{name: kind for name, (kind, _) in CHEATS.items()}, **DISARMED}


@pytest.mark.parametrize("name", NAMED)
def test_a_cheat_fails_a_check(name: str, ratings: Ratings) -> None:
    MEMORY.clear()
    problem = Problem(Variant(KINDS[name]), ratings)
    verdict = _verdict(conformance.CHECKS[NAMED[name]], problem)
    assert not verdict.passed
    assert verdict.fix == ADVICE[NAMED[name]][1]


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_learner_passes(name: str, ratings: Ratings) -> None:
    problem = Problem(Variant(HONEST[name]), ratings)
    assert [
        str(v)
        for v in (_verdict(conformance.CHECKS[n], problem) for n in set(NAMED.values()))
        if v.seen
    ] == []
