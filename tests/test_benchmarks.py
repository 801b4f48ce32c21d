"""The loops that learners are timed beside compute what the learners compute; the league's parts
add up."""

import pytest
import torch

from benchmarks.contests import CONTESTS
from benchmarks.league import PARTS, Run
from benchmarks.line import markdown
from benchmarks.problem import problem
from benchmarks.shares import KINDS, shares
from coldbench.data import open_dataset
from coldbench.rng import Seeds
from coldbench.tasks import Separate

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


@pytest.mark.parametrize(
    ("kind", "work"),
    [
        ("products", lambda x: x @ x),
        ("passes", lambda x: x.exp()),
        ("rest", lambda _: sum(range(300_000))),
    ],
)
def test_shares_tell_what_is_done(kind, work):
    numbers = torch.ones(400, 400)
    found = shares(lambda: [work(numbers) for _ in range(20)])
    assert sum(found.values()) == pytest.approx(1)
    assert found[kind] > 0.6


@pytest.mark.parametrize("learner", ["bias", "plain"])
def test_a_run_is_reckoned_from_its_parts(learner):
    ratings = open_dataset("synthetic")
    split = Separate().split(ratings, Seeds.joint(0))
    line = Run(learner, ratings, split, users=8).line()
    assert line.value == pytest.approx(sum(line.parts[name] for name in PARTS))
    assert line.parts["refit"] > 0
    assert (line.parts["validation"] > 0) == (learner == "plain")
    assert sum(line.parts[f"{kind}, %"] for kind in KINDS) == pytest.approx(100)
    assert markdown([line]).count(learner) == 1
