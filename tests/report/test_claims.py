"""Sentences: never stronger than their numbers."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

import coldbench.statistics as st
from coldbench.report.claims import Verdict, verdict
from coldbench.text.wording import decimals_for, outward, p_in_words, share_of_time

NAMES = ("MAMO", "MeLU")
Z = np.array([-1.3, 0.4, 0.9, -0.2, 1.6, -0.8, 0.1, -1.1, 0.7, -0.3])
B = 0.8 + 0.01 * np.sin(np.arange(10))


def judged(a: np.ndarray, b: np.ndarray, p: float | None, comparisons: int = 1) -> Verdict:
    limits = st.paired_difference(a, b).difference
    return verdict(a, b, NAMES, "C-C", p, limits, comparisons=comparisons)


def test_not_shown_says_so_first_and_how_many_seeds_a_new_study_needs() -> None:
    a = B - 0.004 + 0.01 * Z
    found = judged(a, B, 0.62, comparisons=3)
    reversal = st.reversal_probability(a, B, shared=False).observed
    seeds = st.seeds_needed(a - B, float((a - B).mean()), alpha=0.05 / 3)
    assert found.text == (
        "It is not shown that MAMO beats MeLU in C-C (10 seeds; difference -0.004 "
        "[-0.011, 0.003], p = 0.620 for all 3 pairs at once); one run of each names the wrong "
        f"winner {share_of_time(reversal)}; a new study would need about {seeds.optimistic} to "
        f"{seeds.value} seeds to show a difference of this size."
    )
    assert (found.direction, found.p, found.reversal, found.n) == ("not shown", 0.62, reversal, 10)
    assert found.seeds == seeds


def test_shown_names_the_winner_first() -> None:
    better = judged(B - 0.02 + 0.004 * Z, B, 0.0004)
    assert better.text.startswith("MAMO beats MeLU in C-C: shown with 10 seeds (difference -0.02")
    assert "p < 0.001); one run of each names the wrong winner" in better.text
    assert (better.direction, better.seeds) == ("better", None)
    worse = judged(B + 0.02 + 0.004 * Z, B, 0.0004)
    assert worse.text.startswith("MeLU beats MAMO in C-C: shown with 10 seeds")
    assert worse.direction == "worse"


def test_nothing_is_shown_unless_p_and_limits_agree() -> None:
    a, close = B - 0.02 + 0.004 * Z, B - 0.004 + 0.01 * Z
    assert judged(a, B, 0.06).direction == "not shown"
    assert judged(a, B, 0.05).direction == "better"
    assert judged(close, B, 0.0).direction == "not shown"
    without = st.Interval(-0.02, None, None, 10, "n/a")
    assert verdict(a, B, NAMES, "C-C", 0.0, without).direction == "not shown"


def test_a_larger_family_needs_more_seeds() -> None:
    a = B - 0.004 + 0.01 * Z
    one, many = (judged(a, B, 1.0, comparisons=m).seeds for m in (1, 20))
    assert one is not None
    assert many is not None
    assert (many.value or 0) > (one.value or 0)


def test_what_no_study_would_reach_is_called_so() -> None:
    for gap in (0.0002, 1e-7):
        text = judged(B - gap + 0.01 * (Z - Z.mean()), B, 1.0).text
        assert "practically none, or beyond reach: a new study would need more than 200" in text
        assert re.search(r"\d{4} seeds", text) is None


def test_one_seed_and_no_spread() -> None:
    one = judged(np.array([0.8]), np.array([0.9]), None)
    assert one.text == "One seed cannot show that MAMO beats MeLU in C-C (difference -0.100)."
    assert (one.direction, one.p, one.seeds, one.n) == ("n/a", None, None, 1)
    same = judged(B, B, 1.0)
    assert same.text == (
        "It is not shown that MAMO differs from MeLU in C-C (10 seeds; difference 0.000 "
        "[0.000, 0.000], p = 1.000)."
    )
    assert (same.seeds, same.reversal.low) == (None, None)
    assert judged(B - 0.1, B, 0.0).direction == "better"


def test_errors() -> None:
    for bad in (-0.1, 1.1):
        with pytest.raises(ValueError, match=r"p must lie in \[0, 1\]"):
            judged(B, B, bad)


def interval(value: float, low: float, high: float) -> st.Interval:
    return st.Interval(value, low, high, 9)


def test_limits_are_rounded_outward() -> None:
    assert outward(interval(-0.0044, -0.0111, 0.0031)) == "-0.004 [-0.012, 0.004]"
    assert outward(interval(0.5, 0.25, 0.75)) == "0.500 [0.250, 0.750]"
    assert outward(interval(0.0031, 0.0004, 0.0058)) == "0.0031 [0.0004, 0.0058]"
    assert outward(interval(0.000031, 0.00001, 0.00006)) == "0.000031 [0.000010, 0.000060]"
    assert outward(interval(-1e-9, -0.02, 0.02)) == "0.000 [-0.020, 0.020]"
    assert outward(interval(0.8, 0.8, 0.8)) == "0.800 [0.800, 0.800]"
    assert outward(st.Interval(0.25, None, None, 1, "n/a")) == "0.250"
    assert outward(st.Interval(None, None, None, 1, "n/a: one seed")) == "n/a: one seed"
    assert decimals_for(interval(0.0, 0.0, 0.0)) == 3
    assert decimals_for(interval(0.0, 0.0, 0.0), least=1) == 1
    assert decimals_for(interval(20.0, 10.0, 30.0)) == 3


def test_percentages_and_p() -> None:
    assert share_of_time(interval(0.314, 0.129, 0.471)) == "31 % of the time [12, 48]"
    assert share_of_time(interval(0.009, 0.0, 0.29)) == "less than 1 % of the time [0, 29]"
    assert share_of_time(interval(0.01, 0.0, 0.5)) == "1 % of the time [0, 50]"
    assert share_of_time(st.Interval(None, None, None, 1, "n/a: one seed")) == "n/a: one seed"
    assert p_in_words(0.0009) == "p < 0.001"
    assert p_in_words(0.001) == "p = 0.001"
    assert p_in_words(0.0494) == "p = 0.050"
    assert p_in_words(1.0) == "p = 1.000"


@given(
    some.floats(-10, 10), some.floats(0, 10), some.floats(0, 10)
)  # fmt: skip
def test_printed_limits_hold_the_computed_ones(value: float, below: float, above: float) -> None:
    got = interval(value, value - below, value + above)
    low, high = map(float, re.findall(r"\[(.*), (.*)\]", outward(got))[0])
    slack = 1e-6 * 10.0 ** -decimals_for(got) + 1e-12
    assert low <= value - below + slack
    assert high >= value + above - slack
    assert low >= value - below - 0.0011
    if (got.low or 0) > 1e-6:
        assert low > 0
