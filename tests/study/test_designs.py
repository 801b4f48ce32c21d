"""Designs move the streams as they say."""

import itertools

import pytest

from coldbench.errors import UsageError
from coldbench.rng import Seeds
from coldbench.study.designs import seed_vectors


def test_joint() -> None:
    assert seed_vectors("joint", (3, 8)) == [Seeds.joint(3), Seeds.joint(8)]


def test_sources_is_an_orthogonal_array() -> None:
    vectors = seed_vectors("sources", tuple(range(10, 20)))
    assert len(vectors) == len(set(vectors)) == 25
    for a, b in itertools.combinations(range(4), 2):
        pairs = {(vector[a], vector[b]) for vector in vectors}
        assert pairs == set(itertools.product(range(10, 15), repeat=2))


def test_cross() -> None:
    vectors = seed_vectors("cross:init,split", (0, 4))
    assert set(vectors) == {Seeds(s, 0, i, 0) for s in (0, 4) for i in (0, 4)}


@pytest.mark.parametrize(
    "design", ["", "jiont", "cross:", "cross:init", "cross:init,init", "cross:a,b"]
)
def test_unknown_designs(design: str) -> None:
    with pytest.raises(UsageError, match="known are joint"):
        seed_vectors(design, (0, 1))


def test_sources_needs_five_levels() -> None:
    with pytest.raises(UsageError, match="needs 5 seeds"):
        seed_vectors("sources", (0, 1))
