"""Disagreement between seeds and learning curves, by brute force."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy import stats

import coldbench.statistics as st

rng = np.random.default_rng(6)
P = rng.normal(3, 1.2, size=(5, 40))
SCALE = (1.0, 5.0, 1.0)


def stars(p: np.ndarray, low: float, high: float, step: float) -> Any:
    return np.floor((np.clip(p, low, high) - low) / step + 0.5)


def pair_means(p: np.ndarray) -> tuple[float, float]:
    pairs = list(combinations(range(len(p)), 2))
    rounded = stars(p, *SCALE)
    return (
        float(np.mean([np.abs(p[i] - p[j]).mean() for i, j in pairs])),
        float(np.mean([(rounded[i] != rounded[j]).mean() for i, j in pairs])),
    )


def test_disagreement_is_the_mean_over_pairs() -> None:
    found = st.seed_disagreement(P, SCALE)
    assert (found.difference.value, found.churn.value) == pytest.approx(pair_means(P))
    assert (found.n, found.n_ratings, found.reason) == (5, 40, None)


def test_disagreement_limits_are_the_jackknife() -> None:
    for level in (0.95, 0.6):
        found = st.seed_disagreement(P, SCALE, level=level)
        without = np.array([pair_means(np.delete(P, s, axis=0)) for s in range(5)])
        error = np.sqrt(4 / 5 * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
        half = stats.t.ppf((1 + level) / 2, 4) * error
        for interval, value, h in zip(
            (found.difference, found.churn), pair_means(P), half, strict=True
        ):
            assert (interval.low, interval.high) == pytest.approx((max(0, value - h), value + h))
            assert interval.n == 5


def test_rounding_clips_and_sends_halves_up() -> None:
    p = np.array([[0.2, 2.5, 3.49, 9.0, 4.5], [1.4, 2.6, 3.5, 5.0, 4.4], [1.0, 3.0, 4.0, 5.0, 5.0]])
    found = st.seed_disagreement(p, SCALE)
    # stars 1 3 3 5 5 / 1 3 4 5 4 / 1 3 4 5 5
    assert found.churn.value == pytest.approx((2 + 1 + 1) / 15)
    half = st.seed_disagreement([[0.5, 0.7], [0.8, 1.0]], (0.5, 5.0, 0.5))
    # half stars 0.5 0.5 / 1.0 1.0
    assert half.churn.value == 1.0


def test_two_seeds_have_no_limits_and_limits_stop_at_zero() -> None:
    two = st.seed_disagreement(P[:2], SCALE)
    assert two.difference.value == pytest.approx(np.abs(P[0] - P[1]).mean())
    assert two.difference.low is None
    assert two.reason == two.churn.reason == "n/a: one pair of seeds"
    odd = np.vstack([np.ones((3, 4)), 3 * np.ones((1, 4))])
    assert st.seed_disagreement(odd, SCALE).difference.low == 0.0
    one = st.seed_disagreement(P[:1], SCALE)
    assert one.difference == one.churn == st.Interval(None, None, None, 1, "n/a: one seed")
    assert (one.n, one.n_ratings) == (1, 40)
    for bad in ((1.0, 5.0, 0.0), (5.0, 1.0, 1.0), (1.0, 1.0, 1.0)):
        with pytest.raises(ValueError, match="scale needs lowest < highest and a positive step"):
            st.seed_disagreement(P, bad)
    with pytest.raises(ValueError, match=r"p needs shape \[R, N\]"):
        st.seed_disagreement(P[0], SCALE)


CURVES = np.linspace(1.0, 0.5, 12) + 0.01 * rng.normal(size=(6, 12))


def test_bands_are_means_over_seeds() -> None:
    for level in (0.95, 0.5):
        found = st.learning_curve(CURVES, level=level)
        expected = tuple(st.mean_interval(column, level=level) for column in CURVES.T)
        assert found.bands == expected
        assert found.change == st.mean_interval(CURVES[:, 11] - CURVES[:, 6], level=level)
    assert (found.n, found.window, found.reason) == (6, 5, None)
    assert found.still_improving is True
    assert st.learning_curve(CURVES, window=2).change == st.mean_interval(
        CURVES[:, 11] - CURVES[:, 9]
    )


def test_flat_and_worsening_curves_do_not_improve() -> None:
    assert st.learning_curve(CURVES[:, ::-1]).still_improving is False
    assert st.learning_curve(0.5 + 0.01 * rng.normal(size=(6, 12))).still_improving is False
    assert st.learning_curve(np.ones((3, 9))).still_improving is False


def test_runs_that_stopped_early() -> None:
    v = CURVES.copy()
    v[0, 8:] = np.nan
    v[1, 3:] = np.nan
    v[2, 5:] = np.nan
    found = st.learning_curve(v)
    assert [band.n for band in found.bands] == [6] * 3 + [5] * 2 + [4] * 3 + [3] * 4
    steps = [v[0, 7] - v[0, 2], *(v[3:, 11] - v[3:, 6])]
    assert found.change == st.mean_interval(steps)
    alone = np.full((2, 3), 0.5)
    alone[0, 1:] = np.nan
    assert st.learning_curve(alone).bands[1].reason == "n/a: one seed"


def test_short_curves_and_errors() -> None:
    short = st.learning_curve(CURVES[:, :5])
    assert short.change == st.Interval(None, None, None, 0, "n/a: no run longer than 5 epochs")
    assert (short.still_improving, short.reason) == (None, short.change.reason)
    assert st.learning_curve(CURVES[:, :6]).change.n == 6
    one = st.learning_curve(CURVES[:1])
    assert (one.still_improving, one.reason, one.n) == (None, "n/a: one seed", 1)
    hole, never, infinite, late = CURVES.copy(), CURVES.copy(), CURVES.copy(), CURVES.copy()
    hole[2, 4] = np.nan
    never[2] = np.nan
    infinite[2, 11] = np.inf
    late[:, 11] = np.nan
    for bad in (hole, never, infinite):
        with pytest.raises(ValueError, match="NaN only after the end of a run"):
            st.learning_curve(bad)
    with pytest.raises(ValueError, match="no run reached epoch 11: drop the empty columns"):
        st.learning_curve(late)
    for shape in ((3,), (0, 4), (4, 0)):
        with pytest.raises(ValueError, match=r"v needs shape \[R, E\]"):
            st.learning_curve(np.zeros(shape))
    with pytest.raises(ValueError, match="window must be at least 1 epoch, got 0"):
        st.learning_curve(CURVES, window=0)
    assert st.learning_curve(CURVES, window=1).change.value == pytest.approx(
        float((CURVES[:, 11] - CURVES[:, 10]).mean())
    )
