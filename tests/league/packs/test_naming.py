"""Names that look alike are one name."""

import pytest

from coldbench import registry
from coldbench.league.packs.naming import folded


@pytest.mark.parametrize(
    ("name", "like"),
    [("meIu", "melu"), ("rnamo", "mamo"), ("g1obal-mean", "global_mean"), ("mamo+", "mamo"),
     ("M0E", "moe"), ("vvide-deep", "wide.deep")],
)  # fmt: skip
def test_names_that_look_alike_are_one(name: str, like: str) -> None:
    assert folded(name) == folded(like)


def test_our_own_names_differ() -> None:
    names = registry.names("learner")
    assert len({folded(name) for name in names}) == len(names)
