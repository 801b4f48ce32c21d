"""Laws that all statistics share: order, shift, scale, equal runs, one run, no global generator."""

import random
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

import coldbench.statistics as st
from coldbench.report.claims import verdict

SCALE = (1.0, 5.0, 1.0)


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def runs(n: int = 9) -> Any:
    """Two learners' runs [2, R], correlated as paired runs are."""
    shared = rng().normal(size=n)
    return 0.8 + 0.02 * (rng().normal(size=(3, n))[1:] + shared)


def numbers(result: object) -> list[float]:
    """All numbers of a result, nested ones too, in the order of its fields."""
    if isinstance(result, dict):
        return [x for value in result.values() for x in numbers(value)]
    if isinstance(result, tuple | list):
        return [x for value in result for x in numbers(value)]
    return [float(result)] if isinstance(result, int | float) else []


# Statistics of two learners' runs a, b on the same seeds.
PAIRED: dict[str, Callable[[Any, Any], Any]] = {
    "compare_spread": st.compare_spread,
    "paired_difference": st.paired_difference,
    "sign_flip": lambda a, b: st.sign_flip(st.differences(a, b), rng()),
    "effect_size": lambda a, b: st.effect_size(st.differences(a, b)),
    "reversal": st.reversal_probability,
    "reversal_apart": lambda a, b: st.reversal_probability(a, b, shared=False),
    "probability_better": lambda a, b: st.probability_better(st.differences(a, b)),
    "rank_stability": lambda a, b: st.rank_stability(np.stack([a, b], axis=1)),
    "verdict": lambda a, b: verdict(
        a, b, ("A", "B"), "C-C", 0.04, st.paired_difference(a, b).difference
    ),
}
# Statistics of one learner's runs x.
SINGLE: dict[str, Callable[[Any], Any]] = {
    "mean_interval": st.mean_interval,
    "spread": st.spread,
    "compare_published": lambda x: st.compare_published(x, 0.79, margin=0.01),
    "seeds_needed": lambda x: st.seeds_needed(x, 0.01),
    "best_of_inflation": lambda x: st.best_of_inflation(x, 5),
    "failure_rate": lambda x: st.failure_rate(x, x > 0.82, fallback=1.0),
    "crossed_variance": lambda x: st.crossed_variance(x[:, None] + np.sin(np.outer(x, [5, 90, 7]))),
    "nested_variance": lambda x: st.nested_variance([r + np.cos([r * 70, 8, 9]) for r in x]),
    "learning_curve": lambda x: st.learning_curve(x[:, None] * np.linspace(2, 1, 8)),
    "seed_disagreement": lambda x: st.seed_disagreement(np.outer(x, [3, 4, 5]), SCALE),
}


@pytest.mark.parametrize("name", PAIRED)
def test_pairs_ignore_the_order_of_seeds(name: str) -> None:
    a, b = runs()
    order = rng().permutation(a.size)
    expected = numbers(asdict(PAIRED[name](a, b)))
    assert numbers(asdict(PAIRED[name](a[order], b[order]))) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", SINGLE)
def test_singles_ignore_the_order_of_seeds(name: str) -> None:
    x = runs()[0]
    expected = numbers(asdict(SINGLE[name](x)))
    assert numbers(asdict(SINGLE[name](x[::-1]))) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", PAIRED)
def test_a_shift_of_both_learners_changes_nothing(name: str) -> None:
    a, b = runs()
    expected = numbers(asdict(PAIRED[name](a, b)))
    assert numbers(asdict(PAIRED[name](a + 3.0, b + 3.0))) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("name", sorted(set(PAIRED) - {"paired_difference", "verdict"}))
def test_the_unit_does_not_matter(name: str) -> None:
    a, b = runs()
    expected = numbers(asdict(PAIRED[name](a, b)))
    assert numbers(asdict(PAIRED[name](8 * a, 8 * b))) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ["mean_interval", "bootstrap_t"])
def test_means_shift_and_scale(name: str) -> None:
    def mean(x: Any) -> list[float]:
        found = st.mean_interval(x) if name == "mean_interval" else st.bootstrap_t(x, rng())
        return numbers(asdict(found))[:3]

    x = runs()[0]
    expected = [8 * number + 3 for number in mean(x)]
    assert mean(8 * x + 3) == pytest.approx(expected, rel=1e-9)


def test_spreads_scale_and_ignore_a_shift() -> None:
    x = runs()[0]
    one, moved = st.spread(x), st.spread(8 * x + 3)
    assert numbers(asdict(moved.sd))[:3] == pytest.approx(
        [8 * v for v in numbers(asdict(one.sd))[:3]]
    )
    assert moved.range == pytest.approx(8 * (one.range or 0))
    assert st.spread(8 * x).cv == pytest.approx(one.cv)


def test_variances_scale_with_the_square() -> None:
    y = rng().normal(size=25)
    for one, two in zip(
        st.source_variance(y).components, st.source_variance(3 * y + 9).components, strict=True
    ):
        assert [two.raw, two.low, two.high] == pytest.approx(
            [9 * one.raw, 9 * one.low, 9 * one.high]
        )
        assert numbers(asdict(two.share)) == pytest.approx(numbers(asdict(one.share)), abs=1e-9)
    e = rng().normal(size=(4, 6))
    first, second = st.crossed_variance(e), st.crossed_variance(3 * e + 9)
    assert second.rest == pytest.approx(9 * (first.rest or 0))
    assert second.both.width == pytest.approx(3 * (first.both.width or 0))


def test_swapping_the_learners_mirrors_the_difference() -> None:
    a, b = runs()
    one, two = st.paired_difference(a, b), st.paired_difference(b, a)
    assert (two.difference.low, two.p) == pytest.approx((-(one.difference.high or 0), one.p))
    assert st.effect_size(b - a).low == pytest.approx(-(st.effect_size(a - b).high or 0))
    ratio = st.compare_spread(a, b).ratio.value or 0
    assert st.compare_spread(b, a).ratio.value == pytest.approx(1 / ratio)
    assert st.reversal_probability(b, a).model == st.reversal_probability(a, b).model


def test_identical_runs_have_no_spread_no_width_and_p_one() -> None:
    x = np.full(5, 0.1)
    assert st.mean_interval(x) == st.Interval(0.1, 0.1, 0.1, 5)
    assert st.bootstrap_t(x, rng()) == st.Interval(0.1, 0.1, 0.1, 5)
    assert st.spread(x) == st.Spread(st.Interval(0, 0, 0, 5), 0.0, 0.0, 5)
    paired = st.paired_difference(x, x)
    assert (paired.sd, paired.p, paired.difference.width, paired.gain) == (0.0, 1.0, 0.0, None)
    assert st.sign_flip(x - x, rng()).p == 1.0
    assert st.compare_spread(x, x).p_paired == st.compare_spread(x, x).p_unpaired == 1.0
    assert st.effect_size(x - x).reason == "n/a: the difference does not vary over seeds"
    reversal = st.reversal_probability(x, x)
    assert (reversal.observed.value, reversal.paired, reversal.model.value) == (0.5, 0.5, None)
    assert st.probability_better(x - x).value == 0.5
    assert (
        verdict(x, x, ("A", "B"), "C-C", 1.0, st.paired_difference(x, x).difference).direction
        == "not shown"
    )
    assert st.compare_published(x, 0.1, margin=0.01).inside is True
    assert st.crossed_variance(np.full((3, 4), 0.1)).both.width == 0.0
    assert st.source_variance(np.full(25, 0.1)).total == 0.0
    assert st.pair_variance(np.full((3, 4, 2), 0.1)).total == 0.0
    assert st.seed_disagreement(np.full((3, 4), 0.1), SCALE).difference.high == 0.0


@pytest.mark.parametrize("name", sorted(set(PAIRED) - {"rank_stability", "verdict"}))
def test_one_seed_gives_a_reason_for_pairs(name: str) -> None:
    found = PAIRED[name](np.array([0.8]), np.array([0.9]))
    assert (found.reason, found.n) == ("n/a: one seed", 1)


@pytest.mark.parametrize("name", sorted(set(SINGLE) - {"seeds_needed"}))
def test_one_seed_gives_a_reason_for_singles(name: str) -> None:
    found = SINGLE[name](np.array([0.8]))
    assert found.reason == "n/a: one seed"
    assert all(np.isfinite(numbers(asdict(found))))


def test_what_one_seed_still_tells() -> None:
    one = np.array([0.8])
    assert st.mean_interval(one) == st.Interval(0.8, None, None, 1, "n/a: one seed")
    assert st.bootstrap_t(one, rng()) == st.Interval(0.8, None, None, 1, "n/a: one seed")
    assert st.paired_difference(one, one).difference.value == 0.0
    assert st.rank_stability([[0.8, 0.7]]).counts == ((0, 1), (1, 0))
    assert st.failure_rate(one, [True]).value == 1.0


@pytest.mark.parametrize("bad", [[], [[0.1]], [0.1, np.nan], [0.1, np.inf]])
def test_bad_runs_raise(bad: Any) -> None:
    for function in (st.mean_interval, st.spread, st.effect_size, st.probability_better):
        with pytest.raises(ValueError, match=r"needs shape|empty|non-finite"):
            function(bad)
    for differences in (st.effect_size, st.probability_better, lambda d: st.sign_flip(d, rng())):
        with pytest.raises(ValueError, match=r"^d (needs shape \[R\]|is empty|holds 1 non-finite)"):
            differences(bad)
    with pytest.raises(ValueError, match=r"^x (needs shape \[R\]|is empty|holds 1 non-finite)"):
        st.mean_interval(bad)
    with pytest.raises(ValueError, match=r"needs shape|empty|non-finite"):
        st.paired_difference([0.1, 0.2], bad)


def test_global_generators_are_untouched_and_seeds_decide() -> None:
    before, python = np.random.get_state()[1].copy(), random.getstate()  # type: ignore[index]  # noqa: NPY002
    x = rng().normal(0.2, 1, 40)
    same = [st.bootstrap_t(x, np.random.default_rng(s)) for s in (1, 1, 2)]
    flips = [st.sign_flip(x, np.random.default_rng(s)).p for s in (1, 1, 2)]
    assert same[0] == same[1] != same[2]
    assert flips[0] == flips[1] != flips[2]
    assert (np.random.get_state()[1] == before).all()  # type: ignore[index]  # noqa: NPY002
    assert random.getstate() == python


def test_all_is_complete() -> None:
    kinds = (type, type(rng))
    exposed = {n for n, v in vars(st).items() if isinstance(v, kinds) and not n.startswith("_")}
    assert exposed | {"SOURCES"} == set(st.__all__)
