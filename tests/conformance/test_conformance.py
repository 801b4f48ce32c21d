"""Every registered learner passes the conformance suite."""

import pytest

from coldbench import registry
from coldbench.conformance.learners import CHECKS, Problem
from coldbench.data.ratings import Ratings
from coldbench.errors import Declined
from coldbench.learning.learner import Variant

PROBLEMS: dict[str, Problem] = {}


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", registry.names("learner"))
def test_learner(name: str, check: str, ratings: Ratings, device: str) -> None:
    if name not in PROBLEMS:
        variant = Variant.of(registry.load("learner", name), name)
        PROBLEMS[name] = Problem(variant, ratings, device=device)
    try:
        CHECKS[check](PROBLEMS[name])
    except Declined as error:  # a library that it needs is optional and not installed
        pytest.skip(str(error))
