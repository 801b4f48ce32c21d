"""Designs move the streams as they say."""

import itertools

import pytest

from coldbench.errors import UsageError
from coldbench.rng import Seeds
from coldbench.study.designs import seed_vectors


def test_joint() -> None:
    assert seed_vectors("joint", (3, 8)) == [Seeds.joint(3), Seeds.joint(8)]


@pytest.mark.parametrize(("design", "factors"), [("sources", 5), ("sources-4", 4)])
def test_sources_is_an_orthogonal_array(design: str, factors: int) -> None:
    vectors = seed_vectors(design, tuple(range(10, 20)))
    assert len(vectors) == len(set(vectors)) == 25
    levels = [*[set(range(10, 15))] * 4, set(range(5))]
    for a, b in itertools.combinations(range(factors), 2):
        pairs = {(vector[a], vector[b]) for vector in vectors}
        assert pairs == set(itertools.product(levels[a], levels[b]))


def test_a_fifth_of_the_runs_of_sources_has_no_noise() -> None:
    found = [vector.rounding for vector in seed_vectors("sources", range(10, 15))]
    assert found.count(0) == 5
    assert {vector.rounding for vector in seed_vectors("sources-4", range(5))} == {0}


def test_cross() -> None:
    vectors = seed_vectors("cross:init,split", (0, 4))
    assert set(vectors) == {Seeds(s, 0, i, 0) for s in (0, 4) for i in (0, 4)}
    noisy = seed_vectors("cross:init,rounding", (0, 4))
    assert set(noisy) == {Seeds(0, 0, i, 0, r) for i in (0, 4) for r in (0, 4)}


@pytest.mark.parametrize(
    "design", ["", "jiont", "cross:", "cross:init", "cross:init,init", "cross:a,b"]
)
def test_unknown_designs(design: str) -> None:
    with pytest.raises(UsageError, match="known are joint"):
        seed_vectors(design, (0, 1))


def test_sources_needs_five_levels() -> None:
    with pytest.raises(UsageError, match="needs 5 seeds"):
        seed_vectors("sources", (0, 1))
