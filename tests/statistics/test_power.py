"""Seeds needed, against statsmodels and by their definition."""

from math import sqrt

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestPower

import coldbench.statistics as st
from coldbench.statistics.power import MOST_SEEDS, _first

D = np.random.default_rng(9).normal(-0.004, 0.01, 10)


def test_power_is_statsmodels() -> None:
    for n, d, alpha in ((2, 0.5, 0.05), (10, 0.3, 0.05), (40, 1.0, 0.01), (200, 0.1, 0.05)):
        expected = TTestPower().power(d, n, alpha)
        assert st.paired_power(n, 2 * d, 2.0, alpha) == pytest.approx(expected, abs=1e-9)
        assert st.paired_power(n, -2 * d, 2.0, alpha) == pytest.approx(expected, abs=1e-9)
    assert st.paired_power(5, 1.0, 1e-9) == 1.0
    assert [st.paired_power(n, 10.2, 1.0) for n in (6, 10, 16, 17)] == pytest.approx([1.0] * 4)
    assert st.paired_power(4, 500.0, 1.0) == pytest.approx(1.0)
    assert st.paired_power(10, 1.0, 1.0) == st.paired_power(10, 1.0, 1.0, 0.05)


@pytest.mark.parametrize("answer", [2, 3, 4, 5, 41, 64, 65, 999_999, MOST_SEEDS])
def test_the_search_finds_the_first(answer: int) -> None:
    assert _first(lambda n: n >= answer) == answer


def test_the_search_gives_up() -> None:
    assert MOST_SEEDS == 1_000_000
    asked = []

    def never(n: int) -> bool:
        asked.append(n)
        return False

    assert _first(never) is None
    assert max(asked) == MOST_SEEDS


def test_seeds_needed_are_the_fewest_with_the_power() -> None:
    found = st.seeds_needed(D, 0.004)
    upper = D.std(ddof=1) * sqrt(9 / stats.chi2.ppf(0.2, 9))
    assert (found.sd, found.sd_upper) == pytest.approx((D.std(ddof=1), upper))
    assert (found.target, found.n, found.reason) == (0.004, 10, None)
    for seeds, sd in ((found.value or 0, upper), (found.optimistic or 0, D.std(ddof=1))):
        assert st.paired_power(seeds, 0.004, sd) >= 0.8 > st.paired_power(seeds - 1, 0.004, sd)
    assert (found.value or 0) > (found.optimistic or 0)
    assert st.seeds_needed(D, -0.004).value == found.value
    strict = st.seeds_needed(D, 0.004, power=0.9, alpha=0.01, sd_level=0.5)
    sd = D.std(ddof=1) * sqrt(9 / stats.chi2.ppf(0.5, 9))
    n = strict.value or 0
    assert st.paired_power(n, 0.004, sd, 0.01) >= 0.9 > st.paired_power(n - 1, 0.004, sd, 0.01)


def test_edges() -> None:
    many = st.seeds_needed(D, 1e-7)
    assert (many.value, many.optimistic) == (None, None)
    assert many.reason == "n/a: more than 1,000,000 seeds"
    flat = st.seeds_needed(np.full(4, 0.1), 0.1)
    assert (flat.value, flat.optimistic, flat.sd, flat.sd_upper) == (2, 2, 0.0, 0.0)
    assert (flat.target, flat.n, flat.reason) == (0.1, 4, None)
    one = st.seeds_needed([0.1], 0.1)
    assert one == st.SeedsNeeded(None, None, None, None, 0.1, 1, "n/a: one seed")
    with pytest.raises(ValueError, match="difference must not be 0"):
        st.seeds_needed(D, 0.0)
