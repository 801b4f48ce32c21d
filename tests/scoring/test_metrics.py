"""Metrics obey laws, and match scikit-like definitions computed by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbench import registry
from coldbench.data.ratings import Array, Ratings
from coldbench.errors import ColdbenchError
from coldbench.learning.predictions import Predictions
from coldbench.scoring.metrics.mae import mae
from coldbench.scoring.metrics.mae_user import mae_user
from coldbench.scoring.metrics.metric import Metric
from coldbench.scoring.metrics.ndcg import ndcg_3
from coldbench.scoring.metrics.rmse import rmse
from coldbench.scoring.scores import score

VALUE = np.array([5.0, 3, 4, 1, 2])
SCORE = np.array([4.0, 3, 4, 2, 4])
EPISODE = np.array([7, 7, 7, 2, 2])
METRICS = [registry.load("metric", name) for name in registry.names("metric")]


def test_by_hand() -> None:
    assert mae(VALUE, SCORE, EPISODE) == pytest.approx((1 + 0 + 0 + 1 + 2) / 5)
    assert mae_user(VALUE, SCORE, EPISODE) == pytest.approx((1 / 3 + 3 / 2) / 2)
    assert rmse(VALUE, SCORE, EPISODE) == pytest.approx(np.sqrt(6 / 5))


def test_ndcg_equals_the_mean_over_all_orders_of_ties() -> None:
    value, score = np.array([5.0, 1, 3, 2]), np.array([2.0, 2, 2, 1])
    gain, discount = 2**value - 1, 1 / np.log2(np.arange(3) + 2)
    orders = [[*p, 3] for p in itertools.permutations([0, 1, 2])]
    expected = np.mean([(gain[order[:3]] * discount).sum() for order in orders])
    best = (np.sort(gain)[::-1][:3] * discount).sum()
    assert ndcg_3(value, score, np.zeros(4)) == pytest.approx(expected / best)


@pytest.mark.parametrize("metric", METRICS, ids=lambda m: m.name)
@given(data=st.data())
def test_laws(metric, data) -> None:  # type: ignore[no-untyped-def]
    n = data.draw(st.integers(1, 12))
    draw = st.lists(st.integers(1, 5), min_size=n, max_size=n)
    value = np.array(data.draw(draw), dtype=float)
    score = np.array(data.draw(draw), dtype=float)
    episode = np.array(data.draw(draw))
    given_ = metric(value, score, episode)
    perfect = metric(value, value, episode)
    assert np.isfinite(given_)
    assert metric.low is None or given_ >= metric.low
    assert metric.high is None or given_ <= metric.high + 1e-12
    assert perfect <= given_ + 1e-12 if metric.lower_is_better else perfect >= given_ - 1e-12
    assert perfect == pytest.approx(metric.low if metric.lower_is_better else metric.high)
    order = np.random.default_rng(0).permutation(n)
    assert metric(value[order], score[order], episode[order]) == pytest.approx(given_)
    twice = [np.concatenate([x, x]) for x in (value, score)]
    apart = np.concatenate([episode, episode + 9])
    assert metric(*twice, apart) == pytest.approx(given_)


def test_a_metric_that_fails_is_named(ratings: Ratings) -> None:
    def divides(value: Array, score: Array, episode: Array) -> float:
        return 1 / 0

    bad = Metric("bad-one", divides, True, 0.0, None, "", "divides by zero")
    rows = np.arange(5)
    given = Predictions(rows, np.full(5, 3.0), np.zeros(5, np.int8), np.full(5, -1))
    with pytest.raises(
        ColdbenchError, match=r"metric 'bad-one' raised ZeroDivisionError.*uninstall"
    ):
        score(given, ratings, {"bad-one": bad})
