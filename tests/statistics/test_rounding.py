"""The limit of two runs that differ in rounding alone."""

import numpy as np
import pytest

from coldbench.statistics import detectable, paired_power, rounding_limit


def test_it_holds_for_two_more_runs_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(2000):
        groups = rng.normal(size=(3, 4)) + np.array([[0.0], [5.0], [-5.0]])
        limit = rounding_limit(list(groups), 8, level=0.9)
        pairs = rng.normal(size=(8, 2))
        inside += bool((np.abs(pairs[:, 0] - pairs[:, 1]) <= limit).all())
    assert 0.88 < inside / 2000 < 0.97  # Bonferroni, with one limit for all


def test_runs_without_spread_have_no_limit() -> None:
    assert rounding_limit([[0.7, 0.7], [0.8, 0.8, 0.8]]) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("groups", [[], [[0.7]], [[]], [[0.1, float("nan")]]])
def test_what_says_nothing_is_an_error(groups: list[list[float]]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - arrays say what is wrong
        rounding_limit(groups)


@pytest.mark.parametrize("n", [2, 3, 10])
def test_what_seeds_can_detect_is_the_inverse_of_power(n: int) -> None:
    assert paired_power(n, detectable(n, 0.3), 0.3) == pytest.approx(0.8)
    assert detectable(n, 0.0) == 0.0
