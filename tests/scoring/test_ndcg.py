"""NDCG keeps its laws on every scale: with 0, below 0, with steps, with a thousand levels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coldbench.data.ratings import Array, Scale
from coldbench.scoring.metrics.metric import STARS
from coldbench.scoring.metrics.ndcg import ndcg_1, ndcg_3, ndcg_5

SCALES = (
    STARS,
    Scale(0, 5, 1),
    Scale(-10, 10, 1),
    Scale(-3, -1, 0.5),
    Scale(0.5, 5, 0.5),
    Scale(1, 100, 1),
    Scale(0, 1000, 1),
    Scale(-1e6, 1e6, 1e3),
    Scale(2, 2, 0),
)
METRICS = pytest.mark.parametrize("metric", [ndcg_1, ndcg_3, ndcg_5], ids=lambda m: m.name)
UNHURRIED = settings(deadline=None)  # a busy machine is no failure
CLOSE = 1e-12


@st.composite
def queries(draw: st.DrawFn) -> tuple[Array, Array, Array, Scale]:
    """True ratings on a scale, scores (with ties), episodes, and the scale."""
    scale = draw(st.sampled_from(SCALES))
    levels = round((scale.high - scale.low) / scale.step) if scale.step else 0
    n = draw(st.integers(1, 12))
    level = draw(st.lists(st.integers(0, levels), min_size=n, max_size=n))
    score = draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))
    episode = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    value = scale.low + scale.step * np.array(level, dtype=float)
    return value, np.array(score, dtype=float), np.array(episode), scale


@METRICS
@UNHURRIED
@given(given_=queries())
def test_range_and_best(metric, given_) -> None:  # type: ignore[no-untyped-def]
    value, score, episode, scale = given_
    assert 0 <= metric(value, score, episode, scale) <= 1
    assert metric(value, value, episode, scale) == pytest.approx(1, abs=CLOSE)


@METRICS
@UNHURRIED
@given(given_=queries(), where=st.floats(0, 1))
def test_equal_ratings_leave_nothing_to_order(metric, given_, where) -> None:  # type: ignore[no-untyped-def]
    _, score, episode, scale = given_
    value = np.full(len(score), scale.low + where * (scale.high - scale.low))
    assert metric(value, score, episode, scale) == pytest.approx(1, abs=CLOSE)


@METRICS
@UNHURRIED
@given(given_=queries(), data=st.data())
def test_mending_an_inverted_pair_never_costs(metric, given_, data) -> None:  # type: ignore[no-untyped-def]
    value, score, _, scale = given_
    i, j = (data.draw(st.integers(0, len(value) - 1)) for _ in range(2))
    if (value[i] - value[j]) * (score[i] - score[j]) < 0:
        mended = score.copy()
        mended[[i, j]] = score[[j, i]]
        one = np.zeros(len(value))
        before, after = (metric(value, order, one, scale) for order in (score, mended))
        assert after >= before - CLOSE


@METRICS
@UNHURRIED
@given(given_=queries(), shift=st.integers(-50, 50), factor=st.sampled_from([0.5, 1, 4]))
def test_the_unit_of_the_scale_does_not_matter(metric, given_, shift, factor) -> None:  # type: ignore[no-untyped-def]
    value, score, episode, scale = given_
    moved = Scale(scale.low * factor + shift, scale.high * factor + shift, scale.step * factor)
    first = metric(value, score, episode, scale)
    assert metric(value * factor + shift, score, episode, moved) == pytest.approx(first, abs=1e-9)


@METRICS
@UNHURRIED
@given(given_=queries())
def test_a_constant_score_earns_the_mean_of_all_orders(metric, given_) -> None:  # type: ignore[no-untyped-def]
    """Of cyclic ones: each item comes once to each rank, as in all orders."""
    value, _, _, scale = given_
    n, one = len(value), np.zeros(len(value))
    turned = [metric(value, np.roll(np.arange(n), k), one, scale) for k in range(n)]
    constant = metric(value, np.full(n, 3.0), one, scale)
    assert constant == pytest.approx(np.mean(turned), abs=CLOSE)


@METRICS
@UNHURRIED
@given(given_=queries())
def test_on_stars_it_is_the_definition_of_the_field(metric, given_) -> None:  # type: ignore[no-untyped-def]
    """A gain of 2^stars - 1, as before version 2: stored results of star ratings hold."""
    rating, score, _, scale = given_
    stars = 1 + np.rint(4 * (rating - scale.low) / max(scale.high - scale.low, 1))
    rank = np.lexsort((np.arange(len(score)), -score))
    untied = -np.argsort(rank).astype(float)
    discount = 1 / np.log2(np.arange(min(metric.depth, len(stars))) + 2)
    gain = np.exp2(stars) - 1
    dcg = (gain[rank][: metric.depth] * discount).sum()
    best = (np.sort(gain)[::-1][: metric.depth] * discount).sum()
    found = metric(stars, untied, np.zeros(len(stars)))
    assert found == pytest.approx(dcg / best, abs=CLOSE)


@pytest.mark.parametrize("rating", [0.0, 6.0])
def test_ratings_outside_the_scale_are_refused(rating: float) -> None:
    value = np.array([rating, 3.0])
    with pytest.raises(ValueError, match=f"rating {rating:g} is outside the scale 1..5"):
        ndcg_3(value, value, np.zeros(2))


def test_single_precision_of_the_limits_is_no_refusal() -> None:
    value = np.array([0.1, 0.7], dtype=np.float32).astype(np.float64)
    assert ndcg_1(value, value, np.zeros(2), Scale(0.1, 0.7, 0.1)) == 1


def test_a_scale_to_a_hundred_counts_more_than_the_best_item() -> None:
    """2^value - 1 gives the second item half of a gain or less for one point in a hundred."""
    value, one = np.array([91.0, 90.0, 20.0]), np.zeros(3)
    near = ndcg_1(value, np.array([1.0, 2.0, 0.0]), one, Scale(1, 100, 1))
    assert 0.95 < near < 1
    assert ndcg_1(value, np.array([0.0, 1.0, 2.0]), one, Scale(1, 100, 1)) < 0.2
