"""One learner's runs, against scipy and by hand."""

from math import sqrt

import numpy as np
import pytest
from scipy import stats

import coldbench.statistics as st
from coldbench.statistics.distributions import clopper_pearson

X = np.array([0.81, 0.79, 0.84, 0.80, 0.83, 0.785, 0.82])


def test_mean_is_students() -> None:
    for level in (0.95, 0.8):
        low, high = stats.t.interval(level, 6, loc=X.mean(), scale=stats.sem(X))
        found = st.mean_interval(X, level=level)
        assert (found.value, found.low, found.high) == pytest.approx(
            (X.mean(), low, high), rel=1e-12
        )
        assert (found.n, found.reason) == (7, None)


def test_bootstrap_t_resembles_t_on_symmetric_runs_and_leans_with_skew() -> None:
    rng = np.random.default_rng(1)
    z = stats.norm.ppf((np.arange(12) + 0.5) / 12)
    t, boot = st.mean_interval(z), st.bootstrap_t(z, rng)
    assert boot.low == pytest.approx(t.low, abs=0.1)
    assert boot.high == pytest.approx(t.high, abs=0.1)
    skewed = st.bootstrap_t(np.exp(z), rng)
    assert (skewed.high or 0) - (skewed.value or 0) > 1.5 * (
        (skewed.value or 0) - (skewed.low or 0)
    )


def test_bootstrap_t_by_hand() -> None:
    draws, level = 199, 0.9
    picks = X[np.random.default_rng(5).integers(0, 7, size=(draws, 7))]
    t = np.sort((picks.mean(axis=1) - X.mean()) / (picks.std(axis=1, ddof=1) / sqrt(7)))
    error = X.std(ddof=1) / sqrt(7)
    found = st.bootstrap_t(X, np.random.default_rng(5), level=level, draws=draws)
    # ranks 10 and 190 of 199
    expected = (X.mean() - t[189] * error, X.mean() - t[9] * error)
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-12)
    assert found.value == pytest.approx(X.mean())


def test_bootstrap_t_needs_resamples_with_spread() -> None:
    few = st.bootstrap_t([0.1, 0.3], np.random.default_rng(0))
    assert few.value == pytest.approx(0.2)
    assert (few.low, few.n, few.reason) == (None, 2, "n/a: too few seeds for bootstrap-t")
    assert st.bootstrap_t(X[:3], np.random.default_rng(0)).low is None
    assert st.bootstrap_t(X[:5], np.random.default_rng(0)).low is not None
    # three flat resamples at one end of 39 leave only that limit infinite
    lopsided = st.bootstrap_t([0.0, 0.0, 0.0, 1.0], np.random.default_rng(0))
    assert lopsided.reason == "n/a: too few seeds for bootstrap-t"


def test_factors_are_those_of_the_specification() -> None:
    assert st.sd_factors(5) == pytest.approx((0.60, 2.87), abs=0.005)
    assert st.sd_factors(10) == pytest.approx((0.69, 1.83), abs=0.005)
    assert st.sd_factors(5, 0.8)[1] == pytest.approx(sqrt(4 / stats.chi2.ppf(0.1, 4)))


def test_spread_by_hand() -> None:
    found, sd = st.spread(X, level=0.9), X.std(ddof=1)
    low, high = (sd * sqrt(6 / stats.chi2.ppf(p, 6)) for p in (0.95, 0.05))
    assert (found.sd.value, found.sd.low, found.sd.high) == pytest.approx((sd, low, high))
    assert (found.cv, found.range) == pytest.approx((sd / X.mean(), 0.055))
    assert (found.n, found.sd.n, found.reason) == (7, 7, None)
    assert st.spread(-X).cv == pytest.approx(sd / X.mean())
    assert st.spread([-1.0, 1.0]).cv is None
    one = st.spread([0.3])
    missing = st.Interval(None, None, None, 1, "n/a: one seed")
    assert one == st.Spread(missing, None, None, 1, "n/a: one seed")


def test_published_by_hand() -> None:
    v, margin, n = 0.83, 0.02, 7
    mean, sd = X.mean(), X.std(ddof=1)
    found = st.compare_published(X, v, margin=margin)
    low, high = stats.t.interval(0.95, n - 1, loc=mean, scale=sd * sqrt(1 + 1 / n))
    got = found.prediction
    assert (got.value, got.low, got.high) == pytest.approx((mean, low, high), rel=1e-12)
    assert found.percentile == pytest.approx(
        100 * stats.t.cdf((v - mean) / (sd * sqrt(1 + 1 / n)), n - 1)
    )
    lower = stats.ttest_1samp(X, v - margin, alternative="greater").pvalue
    upper = stats.ttest_1samp(X, v + margin, alternative="less").pvalue
    assert found.tost_p == pytest.approx(max(lower, upper), rel=1e-9)
    assert (found.published, found.margin, found.n) == (v, margin, n)
    assert found.note == "the published value is one run of unknown settings"
    mirrored = st.compare_published(-X, -v, margin=margin)
    assert mirrored.tost_p == pytest.approx(found.tost_p)


def test_published_verdicts() -> None:
    near = st.compare_published(X, X.mean(), margin=0.02)
    assert (near.inside, near.equivalent, near.reason) == (True, True, None)
    assert near.percentile == pytest.approx(50.0)
    far = st.compare_published(X, 0.7, margin=0.02)
    assert (far.inside, far.equivalent) == (False, False)
    assert (far.percentile or 1) < 1.0
    p = near.tost_p or 0.0
    assert st.compare_published(X, X.mean(), margin=0.02, alpha=p).equivalent is True
    assert st.compare_published(X, X.mean(), margin=0.02, alpha=p * 0.99).equivalent is False
    wide = st.compare_published(X, 0.7, margin=0.02, level=0.9999)
    assert (wide.prediction.low or 1) < (far.prediction.low or 0)


def test_published_without_spread_and_errors() -> None:
    flat = np.full(4, 0.8)
    assert st.compare_published(flat, 0.8, margin=0.1).tost_p == 0.0
    assert st.compare_published(flat, 0.8, margin=0.1).percentile == 50.0
    other = st.compare_published(flat, 0.9, margin=0.05)
    assert (other.inside, other.percentile, other.tost_p) == (False, 100.0, 1.0)
    assert st.compare_published(flat, 0.7, margin=0.05).percentile == 0.0
    one = st.compare_published([0.8], 0.9, margin=0.05)
    assert one.prediction == st.Interval(0.8, None, None, 1, "n/a: one seed")
    assert (one.inside, one.percentile, one.tost_p, one.equivalent) == (None,) * 4
    assert (one.published, one.margin, one.n, one.note) == (0.9, 0.05, 1, other.note)
    with pytest.raises(ValueError, match=r"margin must be positive.*got 0"):
        st.compare_published(X, 0.8, margin=0)
    with pytest.raises(ValueError, match="value holds 1 non-finite"):
        st.compare_published(X, np.nan, margin=1)


def test_inflation() -> None:
    for n, e in ((1, 0.0), (2, 1 / sqrt(np.pi)), (5, 1.16296), (10, 1.53875), (20, 1.86748)):
        found = st.best_of_inflation(X, n)
        assert found.factor == pytest.approx(e, abs=1e-5)
        assert found.value == pytest.approx(X.mean() - found.factor * X.std(ddof=1))
        assert (found.best_of, found.n, found.reason) == (n, 7, None)
    gain = st.best_of_inflation(X, 5, level=0.9).gain
    sd = st.spread(X, level=0.9).sd
    expected = [1.1629644736 * (v or 0) for v in (sd.value, sd.low, sd.high)]
    assert [gain.value, gain.low, gain.high, gain.n] == pytest.approx([*expected, 7])
    one = st.best_of_inflation([0.8], 5)
    assert (one.value, one.gain.reason, one.best_of, one.n) == (None, "n/a: one seed", 5, 1)
    assert one.factor == pytest.approx(1.1629644736)
    with pytest.raises(ValueError, match="best_of must be at least 1, got 0"):
        st.best_of_inflation(X, 0)


@pytest.mark.parametrize("hits", [0, 1, 6, 7])
def test_clopper_pearson_is_scipys(hits: int) -> None:
    for level in (0.95, 0.8):
        exact = stats.binomtest(hits, 7).proportion_ci(level, method="exact")
        assert clopper_pearson(hits, 7, level) == pytest.approx((exact.low, exact.high), abs=1e-12)


def test_failures_are_never_dropped_silently() -> None:
    x = np.where(np.arange(7) < 2, np.nan, X)
    found = st.failure_rate(x, np.isnan(x))
    low, high = clopper_pearson(2, 7, 0.95)
    assert (found.value, found.low, found.high, found.failed) == (2 / 7, low, high, 2)
    assert (found.n, found.reason) == (7, None)
    assert found.conditional == st.mean_interval(X[2:])
    assert found.unconditional.reason == "n/a: no value stated for a failed run"
    assert (found.unconditional.value, found.unconditional.n) == (None, 7)
    filled = st.failure_rate(x, np.isnan(x), fallback=1.0, level=0.8)
    expected = st.mean_interval([1.0, 1.0, *X[2:]], level=0.8)
    assert filled.unconditional == expected
    assert filled.conditional == st.mean_interval(X[2:], level=0.8)
    assert (filled.low, filled.high) == clopper_pearson(2, 7, 0.8)


def test_failures_at_the_ends() -> None:
    fine = st.failure_rate(X, np.zeros(7))
    assert fine.unconditional == fine.conditional == st.mean_interval(X)
    assert fine == st.failure_rate(X, np.zeros(7), fallback=1.0)
    lost = st.failure_rate(np.full(3, np.nan), np.ones(3), fallback=1.0)
    assert (lost.value, lost.high) == (1.0, 1.0)
    assert lost.conditional == st.Interval(None, None, None, 0, "n/a: every run failed")
    assert lost.unconditional == st.Interval(1.0, 1.0, 1.0, 3)
    one = st.failure_rate([0.8], [False])
    assert (one.value, one.low, one.high, one.failed, one.n) == (0.0, None, None, 0, 1)
    assert one.reason == "n/a: one seed"
    assert one.conditional.value == one.unconditional.value == 0.8
    with pytest.raises(ValueError, match="1 non-finite"):
        st.failure_rate([0.8, np.nan], [False, False])
    for x, bad in (([0.8], [True, False]), ([], []), ([[0.8]], [[True]])):
        with pytest.raises(ValueError, match=r"need one shape \[R\]"):
            st.failure_rate(x, bad)


def test_exact_share() -> None:
    none = st.exact_share(0, 10)
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 10))
    assert none.high == pytest.approx(0.31, abs=0.005)
    low, high = stats.binomtest(3, 12).proportion_ci(0.8, method="exact")
    some = st.exact_share(3, 12, level=0.8)
    assert (some.value, some.low, some.high, some.n) == pytest.approx((0.25, low, high, 12))
    assert st.exact_share(0, 0).reason == "n/a: no run"
    with pytest.raises(ValueError, match=r"count needs to lie in 0\.\.2, got 3"):
        st.exact_share(3, 2)
