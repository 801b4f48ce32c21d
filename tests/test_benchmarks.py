"""The loops that learners are timed beside compute what the learners compute."""

import pytest

from benchmarks.contests import CONTESTS
from benchmarks.problem import problem


@pytest.mark.parametrize("contest", CONTESTS, ids=lambda contest: contest.name)
def test_loop_and_learner_are_alike(contest):
    contest.compare(problem("synthetic", min(contest.compared, 8)))
