"""The loops that learners are timed beside compute what the learners compute."""

import pytest

from benchmarks.contests import CONTESTS
from benchmarks.problem import problem

CASES = [
    pytest.param(
        contest,
        id=contest.name,
        marks=[pytest.mark.thorough] if contest.name == "mamo-released" else [],
    )
    for contest in CONTESTS
]


@pytest.mark.parametrize("contest", CASES)
def test_loop_and_learner_are_alike(contest):
    contest.compare(problem("synthetic", min(contest.compared, 8)))
