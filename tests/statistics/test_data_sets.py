"""The mean over data sets and the next one, and the agreement of two orders, by formula and by
simulation."""

from itertools import combinations
from math import asin, pi

import numpy as np
import pytest
from scipy import stats

import coldbench.statistics as st

Y = [0.10, 0.25, 0.17, 0.21]
ROUGH = np.array([0.002, 0.006, 0.02])  # sd over seeds of the means of three data sets


def runs(centres: list[float]) -> list[list[float]]:
    return [[y - 0.01, y + 0.01] for y in centres]


def test_the_mean_is_students_over_data_sets() -> None:
    found = st.over_data_sets(runs(Y))
    low, high = stats.t.interval(0.95, 3, loc=np.mean(Y), scale=stats.sem(Y))
    assert (found.mean.value, found.mean.low, found.mean.high) == pytest.approx(
        (np.mean(Y), low, high)
    )
    reach = stats.t.ppf(0.975, 3) * np.std(Y, ddof=1) * np.sqrt(1.25)
    ends = np.mean(Y) - reach, np.mean(Y) + reach
    assert (found.new.low, found.new.high) == pytest.approx(ends)
    error = 0.0002 / 2  # of a mean of two seeds .02 apart
    assert found.between == pytest.approx(np.sqrt(np.var(Y, ddof=1) - error))
    assert found.n == found.mean.n == 4
    assert found.p == pytest.approx(stats.ttest_1samp(Y, 0.0).pvalue)


def test_each_data_set_counts_alike_whatever_its_seeds() -> None:
    many, few = ([[0.125] * n, [0.25], [0.5, 0.5]] for n in (64, 1))
    assert st.over_data_sets(many).mean == st.over_data_sets(few).mean
    assert st.over_data_sets(many).between is None  # one seed says nothing of its error


def test_one_data_set_has_no_limits_and_equal_ones_no_width() -> None:
    one = st.over_data_sets([[0.1, 0.2]])
    assert one.mean.value == pytest.approx(0.15)
    assert (one.mean.low, one.new.high, one.mean.reason) == (None, None, "n/a: one data set")
    assert one.p is None
    same = st.over_data_sets([[0.2, 0.2], [0.2, 0.2]])
    assert (same.mean.width, same.new.width, same.between, same.p) == (0.0, 0.0, 0.0, 0.0)
    assert st.over_data_sets([[0.0], [0.0]]).p == 1.0
    with pytest.raises(ValueError, match="empty"):
        st.over_data_sets([])


@pytest.mark.parametrize("between", [0.0, 0.01, 0.05])
def test_coverage_of_the_mean_and_of_the_next_data_set(between: float) -> None:
    """Three data sets, three seeds each, whose spread over seeds differs tenfold."""
    rng, hits, next_hits, studies = np.random.default_rng(3), 0, 0, 2_000
    for _ in range(studies):
        true = rng.normal(0.1, between, 4)
        spread = np.append(ROUGH, rng.choice(ROUGH)) * np.sqrt(3)
        values = true[:, None] + rng.normal(size=(4, 3)) * spread[:, None]
        found = st.over_data_sets(list(values[:3]))
        hits += found.mean.contains(0.1)
        next_hits += found.new.contains(float(values[3].mean()))
    assert hits / studies > 0.935
    assert next_hits / studies > 0.93
    if between == 0.05:  # data sets differ more than seeds: exact
        assert hits / studies < 0.965
        assert next_hits / studies < 0.965


def test_kendall_is_scipys() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=20), rng.integers(0, 5, 20).astype(float)
    assert st.kendall(a, b) == pytest.approx(stats.kendalltau(a, b).statistic)
    assert st.kendall(a, a) == pytest.approx(1.0)
    assert st.kendall(a, -a) == pytest.approx(-1.0)
    assert st.kendall(a, np.zeros(20)) == 0.0


def test_an_order_agrees_with_itself_as_far_as_its_seeds_do() -> None:
    rng = np.random.default_rng(2)
    order, noise = np.arange(10.0), rng.normal(size=(8, 10))
    assert st.order_repeats(order + 0.01 * noise, rng) == pytest.approx(1.0)
    assert abs(st.order_repeats(noise, rng) or 0.0) < 0.3
    assert st.order_repeats(noise[:1], rng) is None


@pytest.mark.parametrize("n", [2, 5, 6])
def test_few_seeds_are_halved_in_every_way(n: int) -> None:
    runs = np.random.default_rng(n).normal(size=(n, 12))
    halves = [list(half) for half in combinations(range(n), n // 2)]
    taus = [
        stats.kendalltau(runs[half].mean(axis=0), np.delete(runs, half, axis=0).mean(axis=0))
        for half in halves
    ]
    wanted = np.mean([tau.statistic for tau in taus])
    for seed in (0, 1):
        assert st.order_repeats(runs, np.random.default_rng(seed)) == pytest.approx(wanted)


def test_few_learners_have_no_interval_of_agreement() -> None:
    rng = np.random.default_rng(2)
    a = np.arange(8.0).reshape(2, 4)
    found = st.order_agreement(a, -a, rng)
    assert (found.value, found.low, found.n) == (-1.0, None, 4)
    with pytest.raises(ValueError, match="the same learners"):
        st.order_agreement(a, a[:, :3], rng)
    perfect = st.order_agreement(np.arange(20.0).reshape(2, 10), np.arange(10.0)[None], rng)
    assert perfect.value == pytest.approx(1.0)
    assert 0.0 < (perfect.low or 0.0) < 1.0 == pytest.approx(perfect.high or 0.0)


@pytest.mark.thorough
@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_coverage_of_the_agreement_of_orders(rho: float) -> None:
    """Twenty learners drawn anew in each study, five seeds with some noise."""
    rng, hits, studies = np.random.default_rng(4), 0, 200
    factor = np.linalg.cholesky([[1.0, rho], [rho, 1.0]])
    for _ in range(studies):
        levels = rng.normal(size=(20, 2)) @ factor.T
        a, b = (levels[:, side] + 0.1 * rng.normal(size=(5, 20)) for side in (0, 1))
        hits += st.order_agreement(a, b, rng, draws=100).contains(2 / pi * asin(rho))
    assert 0.91 <= hits / studies <= 0.995
