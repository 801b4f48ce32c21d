"""Every registered learner passes the conformance suite."""

from collections.abc import Iterator
from itertools import product

import pytest

from coldbench import registry
from coldbench.conformance.learners import CHECKS
from coldbench.conformance.problem import Problem
from coldbench.data.ratings import Ratings
from coldbench.errors import Declined
from coldbench.learning.learner import Variant

PROBLEMS: dict[str, Problem] = {}
SLOW = ("mamo-paper", "mamo-released", "metahin")  # many steps, or seconds a check
FIRST = {("mamo-paper", "learning_beats_chance"), ("mamo-released", "learning_beats_chance")}


def cases() -> Iterator[object]:
    for name, check in product(registry.names("learner"), CHECKS):
        late = name in SLOW and (name, check) not in FIRST
        yield pytest.param(name, check, marks=[pytest.mark.thorough] if late else [])


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(("name", "check"), list(cases()))
def test_learner(name: str, check: str, ratings: Ratings, device: str) -> None:
    if name not in PROBLEMS:
        variant = Variant.of(registry.load("learner", name), name)
        PROBLEMS[name] = Problem(variant, ratings, device=device)
    try:
        CHECKS[check](PROBLEMS[name])
    except Declined as error:  # a library that it needs is optional and not installed
        pytest.skip(str(error))
