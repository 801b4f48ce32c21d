"""Sentences: never stronger than their numbers."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

import coldbench.statistics as st
from coldbench.report.claims import verdict
from coldbench.text.wording import decimals_for, outward, p_in_words, share_of_time

NAMES = ("MAMO", "MeLU")
Z = np.array([-1.3, 0.4, 0.9, -0.2, 1.6, -0.8, 0.1, -1.1, 0.7, -0.3])
B = 0.8 + 0.01 * np.sin(np.arange(10))


def test_not_shown_says_how_many_seeds_would() -> None:
    a = B - 0.004 + 0.01 * Z
    found = verdict(a, B, NAMES, "C-C", 0.62)
    reversal = st.reversal_probability(a, B)
    seeds = st.seeds_needed(a - B, float((a - B).mean())).value
    assert found.text == (
        "MAMO beats MeLU on C-C: not shown with 10 seeds (difference -0.004 [-0.011, 0.003], "
        "Holm p = 0.620); one run of each on the same split would name the wrong winner "
        f"33 % of the time [14, 50]; {seeds} seeds would settle a difference of this size "
        "(80 % power)."
    )
    assert found.direction == "not shown"
    assert found.difference == st.paired_difference(a, B).difference
    assert (found.p, found.p_holm) == (st.paired_difference(a, B).p, 0.62)
    assert (found.reversal, found.seeds, found.n) == (reversal.model, seeds, 10)
    assert found.reason is None


def test_shown_both_ways() -> None:
    better = verdict(B - 0.02 + 0.004 * Z, B, NAMES, "W-C", 0.0004, shared=False)
    assert better.text.startswith("MAMO beats MeLU on W-C: shown with 10 seeds (difference -0.02")
    assert "Holm p < 0.001); one run of each would name the wrong winner" in better.text
    assert (better.direction, better.seeds) == ("better", None)
    assert better.text.endswith("].")
    worse = verdict(B + 0.02 + 0.004 * Z, B, NAMES, "W-C", 0.0004)
    assert worse.text.startswith("MAMO is beaten by MeLU on W-C: shown with 10 seeds")
    assert worse.direction == "worse"
    apart = st.reversal_probability(B - 0.02 + 0.004 * Z, B, shared=False).model
    assert better.reversal == apart


def test_nothing_is_shown_unless_all_agree() -> None:
    a = B - 0.02 + 0.004 * Z
    assert verdict(a, B, NAMES, "C-C", 0.06).direction == "not shown"
    assert verdict(a, B, NAMES, "C-C", 0.05).direction == "better"
    assert verdict(a, B, NAMES, "C-C", None).direction == "not shown"
    untested = verdict(a, B, NAMES, "C-C", None).text
    assert "Holm" not in untested
    assert re.search(r"\(difference -0\.0\d+ \[-0\.0\d+, -0\.0\d+\]\); one run", untested)
    close = B - 0.004 + 0.01 * Z
    assert verdict(close, B, NAMES, "C-C", 0.0).direction == "not shown"
    edge = B - 0.0066 + 0.01 * Z
    raw = st.paired_difference(edge, B).p or 0
    assert 0.05 < raw < 0.2
    assert verdict(edge, B, NAMES, "C-C", 0.0, alpha=0.2).direction == "not shown"
    strict = B - 0.009 + 0.01 * Z
    p = st.paired_difference(strict, B).p or 0
    assert 0.01 < p < 0.05
    assert verdict(strict, B, NAMES, "C-C", 0.0, alpha=0.01).direction == "not shown"


def test_a_larger_family_needs_more_seeds() -> None:
    a = B - 0.004 + 0.01 * Z
    one, many = (verdict(a, B, NAMES, "C-C", 1.0, comparisons=m).seeds or 0 for m in (1, 20))
    assert many > one
    d, mean = a - B, float((a - B).mean())
    assert many == st.seeds_needed(d, mean, alpha=0.05 / 20).value
    # settled by its own p: no number of seeds is named that the study already has
    clear = verdict(B - 0.05 + 0.004 * Z, B, NAMES, "C-C", 0.3)
    assert (clear.direction, clear.seeds) == ("not shown", None)
    assert "would settle" not in clear.text
    tiny = verdict(B - 1e-7 + 0.01 * (Z - Z.mean()), B, NAMES, "C-C", 1.0)
    assert tiny.seeds is None
    assert "would settle" not in tiny.text


def test_large_numbers_of_seeds_are_readable() -> None:
    a = B - 0.0002 + 0.01 * (Z - Z.mean())
    found = verdict(a, B, NAMES, "C-C", 1.0)
    assert f"{found.seeds:,} seeds would settle" in found.text
    assert "," in f"{found.seeds:,}"


def test_few_seeds_are_called_few() -> None:
    a = B[:5] - 0.02 + 0.001 * Z[:5]
    assert verdict(a, B[:5], NAMES, "C-C", 0.01).text.endswith(
        "; 5 seeds cannot reach p = 0.05 without assuming normal runs."
    )
    a = B[:6] - 0.02 + 0.001 * Z[:6]
    assert "cannot reach" not in verdict(a, B[:6], NAMES, "C-C", 0.01).text
    assert "6 seeds cannot reach p = 0.01" in verdict(
        a, B[:6], NAMES, "C-C", 0.01, alpha=0.01
    ).text  # fmt: skip


def test_one_seed_and_no_spread() -> None:
    one = verdict([0.8], [0.9], NAMES, "C-C", None)
    assert one.text == "MAMO beats MeLU on C-C: n/a with one seed (difference -0.100)."
    assert (one.direction, one.p, one.seeds, one.n) == ("n/a", None, None, 1)
    same = verdict(B, B, NAMES, "C-C", 1.0)
    assert same.text == (
        "MAMO and MeLU differ on C-C: not shown with 10 seeds (difference 0.000 [0.000, 0.000], "
        "Holm p = 1.000); the difference does not vary over seeds."
    )
    assert same.reason == "n/a: the difference does not vary over seeds"
    assert (same.seeds, same.reversal.value) == (None, None)
    shifted = verdict(B - 0.1, B, NAMES, "C-C", 0.0)
    assert shifted.direction == "better"


def test_errors() -> None:
    for bad in (-0.1, 1.1):
        with pytest.raises(ValueError, match=r"p_holm must lie in \[0, 1\]"):
            verdict(B, B, NAMES, "C-C", bad)
    with pytest.raises(ValueError, match="comparisons must be at least 1, got 0"):
        verdict(B, B, NAMES, "C-C", 1.0, comparisons=0)


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
