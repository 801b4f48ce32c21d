"""Rank counts, Kendall's W and tie groups."""

import numpy as np
import pytest
from scipy import stats

import coldbench.statistics as st
from coldbench.statistics.ranks import _groups

rng = np.random.default_rng(4)


def test_counts_are_seven_of_ten() -> None:
    x = np.tile([0.1, 0.2, 0.3], (10, 1))
    x[:3, :2] = x[:3, 1::-1]
    found = st.rank_stability(x + 0.001 * rng.normal(size=x.shape))
    assert found.counts == ((7, 3, 0), (3, 7, 0), (0, 0, 10))
    assert (found.n, found.reason) == (10, None)


def test_ties_share_the_better_rank() -> None:
    found = st.rank_stability([[0.1, 0.1, 0.2], [0.3, 0.2, 0.2]])
    assert found.counts == ((1, 0, 1), (2, 0, 0), (1, 0, 1))


def test_w_is_friedmans_statistic_with_and_without_ties() -> None:
    for x in (rng.normal(size=(7, 4)), rng.integers(0, 4, size=(7, 4)).astype(float)):
        friedman = stats.friedmanchisquare(*x.T).statistic
        assert st.rank_stability(x).kendall_w == pytest.approx(friedman / (7 * 3))
    agreed = st.rank_stability(np.tile([0.1, 0.2, 0.3], (4, 1)))
    assert agreed.kendall_w == pytest.approx(1.0)


def test_groups_are_what_holm_leaves_undecided() -> None:
    x = np.array([0.5, 0.1, 0.101, 0.3]) + rng.normal(0, 0.01, size=(10, 4))
    found = st.rank_stability(x)
    assert found.groups == ((1, 2), (3,), (0,)) or found.groups == ((2, 1), (3,), (0,))
    assert st.rank_stability(x, alpha=0.0).groups in (((1, 2, 3, 0),), ((2, 1, 3, 0),))


def test_holm_decides_where_raw_p_would_not() -> None:
    x = np.random.default_rng(0).normal(size=(12, 5))
    x[:, 0] -= 0.9
    raw = [st.paired_difference(x[:, i], x[:, j]).p or 0 for i in range(5) for j in range(i)]
    adjusted = sorted(st.holm_adjust(raw).adjusted)
    order = tuple(np.argsort(x.mean(axis=0)).tolist())
    assert st.rank_stability(x, alpha=adjusted[0] * 0.999).groups == (order,)
    assert len(st.rank_stability(x, alpha=adjusted[0]).groups or ()) == 2


def test_groups_overlap_and_are_maximal() -> None:
    differ = np.zeros((4, 4), dtype=bool)
    differ[0, 2] = differ[2, 0] = differ[0, 3] = differ[3, 0] = True
    assert _groups(np.array([0, 1, 2, 3]), differ) == ((0, 1), (1, 2, 3))
    assert _groups(np.array([3, 1, 2, 0]), differ) == ((3, 1, 2), (0,))
    differ[:] = True
    assert _groups(np.array([2, 0, 1]), differ) == ((2,), (0,), (1,))
    differ[:] = False
    assert _groups(np.array([2, 0, 1]), differ) == ((2, 0, 1),)


def test_edges() -> None:
    tied = st.rank_stability(np.full((3, 2), 0.5))
    assert (tied.kendall_w, tied.groups) == (None, ((0, 1),))
    assert tied.reason == "n/a: all learners tie at every seed"
    assert tied.counts == ((3, 0), (3, 0))
    one = st.rank_stability([[0.2, 0.1]])
    assert (one.kendall_w, one.groups, one.n, one.reason) == (None, None, 1, "n/a: one seed")
    with pytest.raises(ValueError, match="at least 2 learners, got 1"):
        st.rank_stability([[0.1], [0.2]])
    with pytest.raises(ValueError, match=r"x needs shape \[R, M\]"):
        st.rank_stability([0.1])
