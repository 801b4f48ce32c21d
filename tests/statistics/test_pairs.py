"""Two learners on the same seeds, against scipy, statsmodels and by hand."""

from itertools import product
from math import sqrt
from typing import Any

import numpy as np
import pytest
from scipy import special, stats
from statsmodels.stats.multitest import multipletests

import coldbench.statistics as st
from coldbench.report.superiority import in_words
from coldbench.statistics.distributions import noncentral_t_cdf
from coldbench.statistics.effect import hedges_factor
from coldbench.statistics.noncentral import noncentrality_limits

rng = np.random.default_rng(11)
SHARED = rng.normal(size=8)
A = 0.80 + 0.01 * (rng.normal(size=8) + SHARED)
B = 0.79 + 0.02 * (rng.normal(size=8) + SHARED)
D = A - B
NO_SPREAD = "n/a: the difference does not vary over seeds"


def test_paired_is_scipys_ttest_rel() -> None:
    expected = stats.ttest_rel(A, B)
    for level in (0.95, 0.5):
        found = st.paired_difference(A, B, level=level)
        low, high = expected.confidence_interval(level)
        got = found.difference
        assert found.p == pytest.approx(expected.pvalue, rel=1e-12)
        assert (got.value, got.low, got.high) == pytest.approx((D.mean(), low, high), rel=1e-12)
    assert found.sd == pytest.approx(D.std(ddof=1))
    assert found.gain == pytest.approx((A.var(ddof=1) + B.var(ddof=1)) / D.var(ddof=1))
    assert (found.n, got.n, found.reason) == (8, 8, None)
    assert st.paired_difference(B, A).p == pytest.approx(expected.pvalue, rel=1e-12)


def test_a_constant_difference_is_certain() -> None:
    found = st.paired_difference(A, A - 0.1)
    assert (found.sd, found.p, found.gain, found.n) == (0.0, 0.0, None, 8)
    assert found.difference.width == 0.0
    assert found.difference.value == pytest.approx(0.1)
    effect = st.effect_size(st.differences(A, A - 0.1))
    assert effect == st.EffectSize(None, None, None, None, 8, NO_SPREAD)
    one = st.paired_difference([0.8], [0.9])
    assert (one.sd, one.p, one.gain, one.n) == (None, None, None, 1)
    assert one.difference.value == pytest.approx(-0.1)


def test_differences_keep_what_is_not_rounding() -> None:
    assert st.differences(A, B) == pytest.approx(D, abs=0)
    assert np.ptp(st.differences([1e3, 1e3 + 1e-9], [0.0, 0.0])) > 0
    assert np.ptp(st.differences(A * 1e6 + 0.1, A * 1e6)) == 0
    assert np.ptp(st.differences(A, A + 1e6)) == 0
    with pytest.raises(ValueError, match="a and b need the same seeds, got 8 and 7"):
        st.differences(A, B[1:])
    with pytest.raises(ValueError, match="b is empty"):
        st.differences(A, [])
    with pytest.raises(ValueError, match="a is empty"):
        st.differences([], B)


def brute_force_p(d: np.ndarray) -> float:
    signs = np.array(list(product([-1, 1], repeat=d.size)))
    return float((np.abs(signs @ d) >= abs(d.sum()) - 1e-12).mean())


@pytest.mark.parametrize("n", [2, 3, 5, 8, 11])
def test_sign_flip_is_exact(n: int) -> None:
    d = np.random.default_rng(n).normal(0.5, 1, n)
    found = st.sign_flip(d, rng)
    assert found.p == pytest.approx(brute_force_p(d), abs=1e-15)
    assert (found.exact, found.draws, found.n) == (True, 2**n, n)
    assert found.smallest == 2 / 2**n
    same = st.sign_flip(np.full(n, 0.1), rng)
    assert same.p == same.smallest


def test_sign_flip_counts_ties_in_spite_of_rounding() -> None:
    d = np.array([0.1, 0.2, 0.3, -0.3, 0.7])
    assert st.sign_flip(d, rng).p == brute_force_p(d)
    assert st.sign_flip([0.5, -0.5], rng).p == 1.0


def test_sign_flip_says_what_it_cannot_reach() -> None:
    five = st.sign_flip(np.full(5, 0.3), rng)
    assert (five.p, five.reason) == (0.0625, "cannot reach p = 0.05 with 5 seeds")
    assert st.sign_flip(np.full(5, 0.3), rng, alpha=0.0625).reason is None
    assert st.sign_flip(np.full(6, 0.3), rng).reason is None
    zeros = st.sign_flip([0.0, 0.0, 0.2, 0.3], rng)
    assert (zeros.p, zeros.smallest) == (0.5, 0.5)
    assert st.sign_flip(np.zeros(3), rng).smallest == 1.0
    one = st.sign_flip([0.3], rng)
    assert one == st.SignFlip(None, 1.0, True, 2, 1, "n/a: one seed")


def test_sampled_sign_flip_agrees_with_the_exact_one() -> None:
    d = np.random.default_rng(3).normal(0.35, 1, 30)
    exact = st.sign_flip(d, rng)
    assert exact.exact
    sampled = st.sign_flip(np.append(d, 0.0), np.random.default_rng(1))
    assert (sampled.exact, sampled.draws, sampled.n) == (False, 50_000, 31)
    assert sampled.p == pytest.approx(exact.p, abs=4 * sqrt((exact.p or 0) / 50_000))
    # only the signs of three seeds matter, two of them in the short last block
    sparse = np.zeros(34)
    sparse[[0, 32, 33]] = 1.0
    assert st.sign_flip(sparse, np.random.default_rng(1)).p == pytest.approx(0.25, abs=0.01)
    far = st.sign_flip(np.full(40, 1.0), np.random.default_rng(1), draws=999)
    assert (far.p, far.smallest, far.draws) == (0.001, 0.001, 999)
    assert far.reason is None
    assert (
        st.sign_flip(np.full(40, 1.0), rng, draws=9).reason == "cannot reach p = 0.05 with 40 seeds"
    )


@pytest.mark.parametrize("df", [1, 4, 29, 999])
@pytest.mark.parametrize("t", [0.0, 0.3, -2.0, 30.0, 900.0])
def test_noncentral_limits_solve_their_equations(df: int, t: float) -> None:
    for level in (0.5, 0.95, 0.999):
        low, high = noncentrality_limits(t, df, level)
        assert low <= high
        got = stats.nct.cdf(t, df, [low, high])
        assert got == pytest.approx([(1 + level) / 2, (1 - level) / 2], abs=1e-7)


def test_noncentral_tails_are_numbers_where_scipy_has_none(monkeypatch: Any) -> None:
    assert noncentral_t_cdf(2.1314495, 15, 40.8) == 0.0
    assert noncentral_t_cdf(-2.1314495, 15, -40.8) == 1.0
    monkeypatch.setattr(special, "nctdtr", lambda *_: float("nan"))
    assert [noncentral_t_cdf(t, 9, 20.0) for t in (-3.0, 50.0)] == [0.0, 1.0]


def test_noncentral_limits_pass_smoothly_to_the_large_t_form() -> None:
    near, far = noncentrality_limits(3_000.0, 4, 0.95), noncentrality_limits(3_000.3, 4, 0.95)
    assert far == pytest.approx([1.0001 * v for v in near], rel=2e-6)
    assert noncentrality_limits(-1e9, 4, 0.95) == pytest.approx(
        [-1e9 * sqrt(stats.chi2.ppf(p, 4) / 4) for p in (0.975, 0.025)]
    )


def test_effect_size() -> None:
    found, raw = st.effect_size(D, level=0.9), D.mean() / D.std(ddof=1)
    assert found.raw == pytest.approx(raw)
    assert found.value == pytest.approx(raw * (1 - 3 / (4 * 7 - 1)), rel=2e-3)
    limits = stats.nct.cdf(
        sqrt(8) * raw, 7, [sqrt(8) * (found.low or 0), sqrt(8) * (found.high or 0)]
    )
    assert limits == pytest.approx([0.95, 0.05], abs=1e-9)
    assert (found.n, found.reason) == (8, None)
    assert hedges_factor(2) == pytest.approx(1 / sqrt(np.pi))
    assert hedges_factor(4) == pytest.approx(0.7978846)
    two = st.effect_size([0.1, 0.2])
    assert (two.value, two.n, two.reason) == (None, 2, "n/a: the correction needs 3 seeds")
    assert two.raw == pytest.approx(0.15 / sqrt(0.005))
    assert (two.low or 9) < (two.raw or 0) < (two.high or 0)
    assert st.effect_size([0.1, 0.2, 0.4]).value is not None


def test_holm_is_statsmodels() -> None:
    for seed in range(4):
        p = np.random.default_rng(seed).uniform(size=30) ** 4
        p[3] = p[5]
        found = st.holm_adjust(p)
        assert found.adjusted == pytest.approx(multipletests(p, method="holm")[1], rel=1e-12)
        assert (found.raw, found.n) == (tuple(p), 30)
    declared = st.holm_adjust([0.01, 0.02], family=5)
    assert declared.adjusted == pytest.approx((0.05, 0.08))
    assert declared.n == 5
    assert st.holm_adjust([]) == st.Holm((), (), 0)
    assert st.holm_adjust([0.0, 1.0]).adjusted == (0.0, 1.0)
    assert st.holm_adjust([0.5], family=1).adjusted == (0.5,)


def test_holm_errors() -> None:
    for bad in ([-0.1], [1.1], [np.nan], [[0.1]]):
        with pytest.raises(ValueError, match=r"p needs shape \[K\] and values in \[0, 1\]"):
            st.holm_adjust(bad)
    with pytest.raises(ValueError, match="family of 1 is smaller than the 2 comparisons"):
        st.holm_adjust([0.1, 0.2], family=1)


def test_spread_ratio_is_pitman_morgan_and_brown_forsythe() -> None:
    found = st.compare_spread(A, B)
    assert found.p_paired == pytest.approx(stats.pearsonr(A + B, A - B).pvalue, rel=1e-9)
    assert found.p_unpaired == pytest.approx(stats.levene(A, B, center="median").pvalue, rel=1e-9)
    assert found.ratio.value == pytest.approx(A.std(ddof=1) / B.std(ddof=1))
    assert (found.n, found.ratio.n, found.ratio_unpaired.n, found.reason) == (8, 8, 8, None)
    for level in (0.95, 0.6):
        ratio = st.compare_spread(A, B, level=level)
        for limit in (ratio.ratio.low or 0, ratio.ratio.high or 0):
            # testing "sd_A = limit * sd_B" lands exactly on the level
            p = stats.pearsonr(A + limit * B, A - limit * B).pvalue
            assert p == pytest.approx(1 - level, rel=1e-9)
        f = sqrt(stats.f.ppf((1 + level) / 2, 7, 7))
        got, value = ratio.ratio_unpaired, found.ratio.value or 0
        assert (got.value, got.low, got.high) == pytest.approx((value, value / f, value * f))


def test_spread_ratio_at_its_edges() -> None:
    same = st.compare_spread(A, A + 1)
    assert same.p_paired == pytest.approx(1.0, abs=1e-6)
    exact = st.compare_spread(A, A)
    assert (exact.ratio.value, exact.p_paired, exact.p_unpaired) == (1.0, 1.0, 1.0)
    double = st.compare_spread(2 * A, A)
    assert double.p_paired == pytest.approx(0.0, abs=1e-9)
    assert double.ratio.low == pytest.approx(2.0, rel=1e-4)
    square = st.compare_spread([-2.0, 2.0, -2.0, 2.0], [1.0, -1.0, 1.0, -1.0])
    assert (square.p_paired, square.p_unpaired) == (0.0, 0.0)
    flat = st.compare_spread(A, np.full(8, 0.8))
    assert (flat.p_paired, flat.p_unpaired, flat.n) == (None, None, 8)
    assert flat.reason == "n/a: all runs of a learner are identical"
    assert flat.ratio == flat.ratio_unpaired == st.Interval(None, None, None, 8, flat.reason)
    assert st.compare_spread(np.full(8, 0.8), A).p_paired is None
    two = st.compare_spread(A[:2], B[:2])
    assert (two.p_paired, two.p_unpaired, two.n) == (None, None, 2)
    assert two.reason == two.ratio.reason == two.ratio_unpaired.reason == "n/a: fewer than 3 seeds"
    assert st.compare_spread(A[:3], B[:3]).reason is None


def quantile_runs(n: int) -> Any:
    return stats.norm.ppf((np.arange(n) + 0.5) / n)


@pytest.mark.parametrize("gap", [0.3, -1.0, 2.0])
def test_reversal_is_its_closed_form(gap: float) -> None:
    z = quantile_runs(4_000)
    a, b = gap + z, 2.0 * rng.permutation(z)
    unpaired = st.reversal_probability(a, b, shared=False)
    closed = stats.norm.cdf(-abs(gap) / sqrt(5.0))
    assert unpaired.observed.value == pytest.approx(closed, abs=1e-3)
    assert unpaired.model.value == pytest.approx(closed, abs=1e-3)
    paired = st.reversal_probability(b + gap + z, b)
    assert paired.paired == pytest.approx(stats.norm.cdf(-abs(gap)), abs=1e-3)
    assert paired.model.value == pytest.approx(stats.norm.cdf(-abs(gap)), abs=1e-3)
    four = st.reversal_probability(b + gap + z, b, k=4)
    assert four.model.value == pytest.approx(stats.norm.cdf(-2 * abs(gap)), abs=1e-3)
    assert (four.k, paired.k) == (4, 1)


def test_reversal_shares_by_hand() -> None:
    a, b = np.array([1.0, 2.0, 3.0, 9.0]), np.array([2.0, 2.0, 4.0, 1.0])
    # mean d = 1.5 > 0, so wrong are a < b: 3 + 1 + 1 + 0 of 16, ties 2
    found = st.reversal_probability(a, b)
    wrong = np.where(a[:, None] == b, 0.5, a[:, None] < b).mean()
    assert found.observed.value == pytest.approx(wrong)
    assert found.paired == (2 + 0.5) / 4
    mirrored = st.reversal_probability(b, a)
    assert (mirrored.observed, mirrored.paired) == (found.observed, found.paired)


def test_reversal_limits() -> None:
    found = st.reversal_probability(A, B)
    effect = st.effect_size(D)
    delta = effect.raw or 0
    assert found.delta == pytest.approx(delta)
    assert (effect.low or 9) < 0 < (effect.high or 0)
    far = max(-(effect.low or 0), effect.high or 0)
    got = found.model
    expected = (stats.norm.cdf(-abs(delta)), stats.norm.cdf(-far), 0.5)
    assert (got.value, got.low, got.high) == pytest.approx(expected)
    clear = st.effect_size(D + 0.1)
    two = st.reversal_probability(A + 0.1, B, k=2, level=0.95).model
    limits = [stats.norm.cdf(-sqrt(2) * (v or 0)) for v in (clear.high, clear.low)]
    assert [two.low, two.high] == pytest.approx(limits)
    narrow = st.reversal_probability(A + 0.1, B, k=2, level=0.5).model
    assert (narrow.low or 0) > (two.low or 1)
    assert st.reversal_probability(A - 0.1, B).model.high == pytest.approx(
        stats.norm.cdf(st.effect_size(D - 0.1).high or 0)
    )


def test_reversal_apart_scales_the_paired_model() -> None:
    shared = st.reversal_probability(A + 0.05, B)
    apart = st.reversal_probability(A + 0.05, B, shared=False)
    scale = D.std(ddof=1) / sqrt(A.var(ddof=1) + B.var(ddof=1))
    assert apart.delta == pytest.approx(scale * (shared.delta or 0))
    for name in ("value", "low", "high"):
        z = scale * stats.norm.ppf(getattr(shared.model, name))
        assert getattr(apart.model, name) == pytest.approx(stats.norm.cdf(z), rel=1e-6)


def test_runs_needed() -> None:
    assert st.runs_needed(1.645) == 1
    assert st.runs_needed(1.64) == 2
    assert st.runs_needed(-0.5) == 11  # (1.645 / 0.5)^2 = 10.8
    assert st.runs_needed(0.5, risk=0.01) == 22  # (2.326 / 0.5)^2 = 21.6
    assert st.runs_needed(0.0) is None
    found = st.reversal_probability(A, B)
    assert found.runs_needed == st.runs_needed(found.delta or 0)


def test_reversal_without_spread_or_with_one_seed() -> None:
    flat = st.reversal_probability(A, A + 0.1)
    assert (flat.paired, flat.delta, flat.runs_needed, flat.k, flat.n) == (0.0, None, None, 1, 8)
    assert flat.observed.value is not None
    assert flat.model == st.Interval(None, None, None, 8, NO_SPREAD)
    assert flat.reason == NO_SPREAD
    one = st.reversal_probability([0.8], [0.9], k=3)
    missing = st.Interval(None, None, None, 1, "n/a: one seed")
    assert one == st.Reversal(missing, None, missing, None, None, 3, 1, "n/a: one seed")
    level = st.reversal_probability([1.0, 2.0], [2.0, 1.0])
    assert (level.paired, level.observed.value, level.runs_needed) == (0.5, 0.5, None)
    assert (level.model.value, level.model.high, level.delta) == (0.5, 0.5, 0.0)
    with pytest.raises(ValueError, match="at least 1, got 0"):
        st.reversal_probability(A, B, k=0)


def test_probability_better() -> None:
    d = np.array([-1.0, -2.0, -1.0, 3.0, 0.0])
    found = st.probability_better(d)
    assert (found.value, found.ties, found.n, found.needed) == (0.7, 1, 5, 29)
    low = stats.binomtest(3, 5).proportion_ci(method="exact").low
    high = stats.binomtest(4, 5).proportion_ci(method="exact").high
    assert (found.low, found.high) == pytest.approx((low, high))
    assert (found.direction, found.lacks_seeds, found.reason) == (0, True, None)
    assert st.noether_seeds() == 29
    assert st.noether_seeds(0.9) == 12
    assert st.noether_seeds(0.75, alpha=0.01, beta=0.2) == 27
    assert st.probability_better(d, gamma=0.9).needed == 12


@pytest.mark.parametrize(
    ("wins", "n", "word"),
    [
        (10, 10, "better"),
        (0, 10, "worse"),
        (5, 10, "too few seeds"),
        (14, 28, "too few seeds"),
        (15, 29, "not shown"),
        (21, 29, "better"),
        (8, 29, "worse"),
        (590, 1000, "not shown"),  # above 1/2 for sure, but never .75
        (410, 1000, "not shown"),
    ],
)
def test_verdicts_of_superiority(wins: int, n: int, word: str) -> None:
    d = np.where(np.arange(n) < wins, -1.0, 1.0)
    assert in_words(st.probability_better(d)) == word


def test_superiority_at_its_edges() -> None:
    one = st.probability_better([-0.1])
    assert one == st.Superiority(None, None, None, 0, 0, 29, 1, "n/a: one seed")
    for gamma in (0.5, 1.0):
        with pytest.raises(ValueError, match=r"gamma must lie between 0\.5 and 1"):
            st.probability_better(D, gamma=gamma)
    wide = st.probability_better(D, level=0.99)
    assert (wide.low or 0) < (st.probability_better(D).low or 0)
