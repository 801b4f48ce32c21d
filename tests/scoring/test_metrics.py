"""Metrics obey laws, and match scikit-like definitions computed by hand."""

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coldbench import registry
from coldbench.data.ratings import Array, Ratings
from coldbench.errors import UsageError
from coldbench.learning.predictions import Predictions
from coldbench.scoring.metrics.installed import installed
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
@settings(deadline=None)
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


def raises(value: Array, score: Array, episode: Array) -> float:
    return 1 / 0


def leaves(value: Array, score: Array, episode: Array) -> float:
    raise SystemExit(3)


def tampers(value: Array, score: Array, episode: Array) -> float:
    value[:] = score
    return 0.0


FAULTS = {
    "raised ZeroDivisionError: division by zero": raises,
    "raised SystemExit: 3": leaves,
    "raised ValueError: assignment destination is read-only": tampers,
    "returned nan, not a finite number": lambda *arrays: float("nan"),
    "returned inf, not a finite number": lambda *arrays: np.inf,
    "returned str, not a number": lambda *arrays: "0.7",
    "returned NoneType, not a number": lambda *arrays: None,
    "returned ndarray, not a number": lambda value, *others: value,
}


def metric_of(function: Any) -> Metric:
    return Metric("odd", function, True, 0.0, None, "", "odd")


def predictions() -> Predictions:
    rows = np.arange(8)
    scenario = np.array([0, 0, 0, 0, 1, 1, 1, 1], np.int8)
    return Predictions(rows, np.linspace(1, 5, 8), scenario, np.full(8, -1))


@pytest.mark.parametrize("reason", FAULTS)
def test_a_faulty_metric_has_a_reason_and_the_others_their_values(
    reason: str, ratings: Ratings
) -> None:
    odd, alone = metric_of(FAULTS[reason]), {"mae": mae, "rmse": rmse}
    scores = score(predictions(), ratings, {"odd": odd, **alone})
    odd_scores = [row for row in scores if row.metric == "odd"]
    assert [row.reason for row in odd_scores] == [reason] * 2
    assert [row.value for row in odd_scores] == [None] * 2
    rest = [row for row in scores if row.metric != "odd"]
    assert rest == score(predictions(), ratings, alone)


def test_a_fault_in_one_scenario_is_of_that_scenario(ratings: Ratings) -> None:
    odd = metric_of(lambda value, score, episode: np.nan if score[0] == 1 else 2)
    scores = score(predictions(), ratings, {"odd": odd})
    assert [row.value for row in scores] == [None, 2.0]


def test_a_fault_on_the_best_predictions_only(ratings: Ratings) -> None:
    assert ratings.best is not None
    odd = metric_of(lambda value, score, episode: 1.0 if score[0] == 1.0 else np.nan)
    first = score(predictions(), ratings, {"odd": odd})[0]
    assert first.value == 1.0
    assert first.best is None
    assert first.reason == "best possible predictions: returned nan, not a finite number"


def test_a_metric_of_the_scale_is_given_it(ratings: Ratings) -> None:
    scaled = dataclasses.replace(
        metric_of(lambda value, score, episode, scale: scale.high), scaled=True
    )
    scores = score(predictions(), ratings, {"odd": scaled})
    assert {row.value for row in scores} == {ratings.scale.high}


def test_broken_packages_are_among_the_installed_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"good": mae, "bare": mae.function, "newer": dataclasses.replace(mae, contract=2)}

    def load(kind: str, name: str) -> Any:
        if name == "absent":
            raise UsageError("cannot be imported")
        return found[name]

    monkeypatch.setattr(registry, "names", lambda kind: [*found, "absent"])
    monkeypatch.setattr(registry, "load", load)
    metrics = installed()
    assert metrics.pop("good") is mae
    for name, reason in {
        "absent": "cannot be imported",
        "bare": "the entry point names function, not a Metric",
        "newer": "contract 2, coldbench has 1",
    }.items():
        assert metrics[name].depth == 0
        with pytest.raises(UsageError, match=reason):
            metrics[name](VALUE, SCORE, EPISODE)
