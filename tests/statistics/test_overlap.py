"""Disagreement and variance from sums: equal to the full statistics, and to brute force."""

from itertools import combinations

import numpy as np
import pytest

import coldbench.statistics as st

rng = np.random.default_rng(11)
SCALE = (1.0, 5.0, 1.0)


def long(p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Predictions [R, N] with holes (NaN) as p, rating, seed, in a random order."""
    seed, rating = np.nonzero(~np.isnan(p))
    order = rng.permutation(seed.size)
    return p[seed, rating][order], rating[order], seed[order]


def test_complete_predictions_give_seed_disagreement() -> None:
    p = np.round(rng.normal(3, 1.2, size=(6, 50)), 1)
    found = st.overlap_disagreement(st.overlap_sums(*long(p), SCALE))
    expected = st.seed_disagreement(p, SCALE)
    for one, other in (
        (found.difference, expected.difference),
        (found.churn, expected.churn),
    ):
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))
    assert (found.n, found.n_ratings, found.reason) == (6, 50, None)


def test_holes_are_left_out_of_their_pairs() -> None:
    p = rng.normal(3, 1.2, size=(5, 60))
    p[rng.random(p.shape) < 0.5] = np.nan
    star = np.floor(np.clip(p, 1, 5) - 1 + 0.5)
    count, difference, churn = np.zeros((3, 5))
    for i, j in combinations(range(5), 2):
        both = ~np.isnan(p[i] - p[j])
        for s in (i, j):
            count[s] += both.sum()
            difference[s] += np.abs(p[i] - p[j])[both].sum()
            churn[s] += (star[i] != star[j])[both].sum()
    found = st.overlap_sums(*long(p), SCALE)
    np.testing.assert_array_equal(found.count, count)
    np.testing.assert_allclose(found.difference, difference, rtol=1e-12)
    np.testing.assert_array_equal(found.churn, churn)
    told = st.overlap_disagreement(found)
    assert told.n_ratings == round(count.sum() / 20)
    assert told.difference.value == pytest.approx(difference.sum() / count.sum())
    low, high = told.difference.low, told.difference.high
    assert low is not None and high is not None  # noqa: PT018
    assert low < difference.sum() / count.sum() < high


def test_equal_predictions_differ_by_nothing() -> None:
    p = np.tile(rng.normal(3, 1, size=40), (4, 1))
    found = st.overlap_disagreement(st.overlap_sums(*long(p), SCALE))
    assert (found.difference.value, found.difference.low, found.difference.high) == (0, 0, 0)
    assert found.churn.value == 0


def test_without_overlap_there_is_nothing_to_say() -> None:
    apart = st.overlap_sums([3.0, 4.0], np.array([0, 1]), np.array([0, 1]), SCALE)
    found = st.overlap_disagreement(apart)
    assert found.difference.value is found.churn.value is None
    assert found.reason == "n/a: no two seeds predict the same rating"
    alone = st.overlap_disagreement(st.overlap_sums([3.0], np.array([0]), np.array([0]), SCALE))
    assert alone.reason == "n/a: one seed"
    pair = st.overlap_sums([3.0, 4.0], np.array([0, 0]), np.array([0, 1]), SCALE)
    two = st.overlap_disagreement(pair)
    assert (two.difference.value, two.difference.low) == (1.0, None)
    assert two.reason == "n/a: one pair of seeds"
    with pytest.raises(ValueError, match="scale needs lowest < highest"):
        st.overlap_sums([3.0], np.array([0]), np.array([0]), (1.0, 1.0, 1.0))


def test_moments_are_enough_for_nested_variance() -> None:
    groups = [rng.gamma(2, 0.3, size=size) for size in (20, 35, 28, 41)]
    squares = [((g - g.mean()) ** 2).sum() for g in groups]
    found = st.nested_from_moments([g.size for g in groups], [g.mean() for g in groups], squares)
    assert found == st.nested_variance(groups)
    assert st.nested_from_moments([3], [1.0], [0.5]).reason == "n/a: one seed"
    assert st.nested_from_moments([1, 1], [1.0, 2.0], [0.0, 0.0]).reason == "n/a: one user per seed"
