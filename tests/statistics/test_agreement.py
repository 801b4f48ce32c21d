"""Agreement of two sets of runs, against scipy; ratios of unrelated spreads."""

import numpy as np
import pytest
from scipy import stats

import coldbench.statistics as st

rng = np.random.default_rng(4)
A, B = rng.normal(0.80, 0.01, 9), rng.normal(0.803, 0.02, 6)


def test_unpaired_is_welch() -> None:
    found = st.unpaired_agreement(A, B, margin=0.01)
    expected = stats.ttest_ind(A, B, equal_var=False)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-10)
    limits = expected.confidence_interval()
    assert (found.difference.low, found.difference.high) == pytest.approx((limits.low, limits.high))
    above = stats.ttest_ind(A - 0.01, B, equal_var=False, alternative="less").pvalue
    below = stats.ttest_ind(A + 0.01, B, equal_var=False, alternative="greater").pvalue
    assert found.tost_p == pytest.approx(max(above, below), rel=1e-10)
    assert (found.paired, found.difference.n) == (False, 6)


def test_paired_is_the_paired_t_test() -> None:
    b = A[:6] + rng.normal(0.001, 0.002, 6)
    found = st.paired_agreement(A[:6], b, margin=0.005)
    assert found.p == pytest.approx(stats.ttest_rel(A[:6], b).pvalue, rel=1e-10)
    assert found.difference == st.paired_difference(A[:6], b).difference
    d = A[:6] - b
    above = stats.ttest_1samp(d, 0.005, alternative="less").pvalue
    below = stats.ttest_1samp(d, -0.005, alternative="greater").pvalue
    assert found.tost_p == pytest.approx(max(above, below), rel=1e-10)
    assert found.equivalent is bool(max(above, below) <= 0.05)


def test_equal_runs_agree_and_constant_shifts_do_not() -> None:
    same = st.paired_agreement(A, A, margin=0.005)
    assert (same.difference.value, same.p, same.tost_p, same.equivalent) == (0.0, 1.0, 0.0, True)
    far = st.paired_agreement(A, A - 0.25, margin=0.005)
    assert (far.p, far.tost_p, far.equivalent) == (0.0, 1.0, False)
    flat = st.unpaired_agreement([1.0, 1.0], [1.0, 1.0, 1.0], margin=0.1)
    assert (flat.p, flat.equivalent) == (1.0, True)
    swapped = st.unpaired_agreement(B, A, margin=0.01)
    forth = st.unpaired_agreement(A, B, margin=0.01)
    assert swapped.difference.value == pytest.approx(-(forth.difference.value or 0.0))
    assert swapped.tost_p == pytest.approx(forth.tost_p)


def test_one_run_has_a_value_only() -> None:
    for found in (
        st.paired_agreement([1.0], [0.5], margin=0.1),
        st.unpaired_agreement([1.0], [0.5, 0.5], margin=0.1),
    ):
        assert found.difference.value == 0.5
        assert found.p is found.tost_p is found.equivalent is found.difference.low is None
        assert found.reason == "n/a: one seed"
    with pytest.raises(ValueError, match="margin must be positive"):
        st.paired_agreement(A, A, margin=0.0)


def test_ratio_of_unrelated_spreads() -> None:
    found = st.spread_ratio(A, B)
    ratio = A.std(ddof=1) / B.std(ddof=1)
    limits = np.sqrt(ratio**2 / stats.f.ppf([0.975, 0.025], 8, 5))
    assert found.value == pytest.approx(ratio)
    assert (found.low, found.high) == pytest.approx(tuple(limits))
    assert st.spread_ratio(A[:2], B).reason == "n/a: fewer than 3 seeds"
    assert st.spread_ratio(np.ones(4), B).reason == "n/a: all runs of a learner are identical"


def test_seeds_for_a_known_sd() -> None:
    needed = st.seeds_for(0.005, 0.01)
    assert needed is not None
    assert st.paired_power(needed, 0.005, 0.01) >= 0.8 > st.paired_power(needed - 1, 0.005, 0.01)
    assert st.seeds_for(0.005, 0.0) == 2
    assert st.seeds_for(1e-9, 1.0) is None
    with pytest.raises(ValueError, match="difference must not be 0"):
        st.seeds_for(0.0, 1.0)
