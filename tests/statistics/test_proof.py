"""Simulations: error rates and coverage are what the numbers claim."""

from math import sqrt
from typing import Any

import numpy as np
import pytest
from scipy import stats

import coldbench.statistics as st
from coldbench.statistics.components import Term, _limits

STUDIES = 2_000


def generator(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def inside_binomial_band(hits: int, n: int, p: float, level: float = 0.99) -> bool:
    low, high = stats.binom.interval(level, n, p)
    return bool(low <= hits <= high)


def twins(rng: np.random.Generator, n: int, studies: int = STUDIES) -> Any:
    """Runs of two identical learners, [studies, 2, R], paired through their seeds."""
    return rng.normal(size=(studies, 1, n)) + 0.5 * rng.normal(size=(studies, 2, n))


@pytest.mark.parametrize("n", [5, 10])
def test_identical_learners_are_told_apart_at_the_stated_rate(n: int) -> None:
    rng = generator(n)
    t = flips = 0
    for a, b in twins(rng, n):
        t += (st.paired_difference(a, b).p or 0.0) <= 0.05
        flips += (st.sign_flip(a - b, rng).p or 0.0) <= 0.05
    assert inside_binomial_band(t, STUDIES, 0.05)
    # discrete: 2 * floor(0.05 * 2^n / 2) of the 2^n sign vectors reach .05, none at n = 5
    reachable = 2 * (0.05 * 2**n // 2) / 2**n
    assert inside_binomial_band(flips, STUDIES, reachable) if n > 5 else flips == 0


@pytest.mark.parametrize("n", [5, 10])
def test_mean_sd_and_prediction_cover(n: int) -> None:
    studies = 8_000
    data = generator(10 + n).normal(2.0, 3.0, size=(studies, n + 1))
    mean = sd = next_run = 0
    for row in data:
        x = row[:n]
        mean += st.mean_interval(x).contains(2.0)
        sd += st.spread(x).sd.contains(3.0)
        next_run += bool(st.compare_published(x, row[n], margin=1.0).inside)
    assert [mean / studies, sd / studies, next_run / studies] == pytest.approx([0.95] * 3, abs=0.01)


def test_percentile_bootstrap_would_not_cover_but_bootstrap_t_nearly_does() -> None:
    rng = generator(3)
    studies, n = 600, 5
    percentile = studentised = 0
    for x in rng.normal(size=(studies, n)):
        means = x[rng.integers(0, n, size=(400, n))].mean(axis=1)
        low, high = np.quantile(means, [0.025, 0.975])
        percentile += low <= 0.0 <= high
        studentised += st.bootstrap_t(x, rng, draws=399).contains(0.0)
    assert percentile / studies < 0.89
    assert 0.92 < studentised / studies < 0.99


TRUTHS = [
    (1.0, 0.5, 0.2, 0.0, 1.0),
    (4.0, 1.0, 0.0, 0.0, 0.25),
    (1.0, 0.5, 0.2, 0.0, 0.7, 1.0),
]


@pytest.mark.parametrize("truth", TRUTHS)
def test_array_components_are_unbiased_and_cover(truth: tuple[float, ...]) -> None:
    last = len(truth) - 1
    rng, levels, free = generator(4), st.oa25(last), 24 - 4 * last
    effects = [sqrt(v) * rng.normal(size=(STUDIES, 5)) for v in truth[:last]]
    y = sum(e[:, levels[:, f]] for f, e in enumerate(effects))
    y = y + sqrt(truth[last]) * rng.normal(size=(STUDIES, 25))
    raw, hits = squares_of(y, last), np.zeros(last + 1)
    for row in raw:
        error = Term("error", row[last], free, 1, None)
        for f, square in enumerate(row):
            term = error if f == last else Term("x", square, 4, 5, last)
            low, high = _limits(term, None if f == last else error, 0.95)
            hits[f] += low <= truth[f] <= high
    estimates = np.concatenate([(raw[:, :last] - raw[:, last:]) / 5.0, raw[:, last:]], axis=1)
    error = estimates.std(axis=0) / sqrt(STUDIES)
    assert (np.abs(estimates.mean(axis=0) - truth) < 3.3 * error).all()
    assert (hits / STUDIES >= 0.94).all()
    # at a true 0 only the upper tail can miss, above it both
    assert (hits / STUDIES <= 0.985).all()


def squares_of(y: Any, factors: int) -> Any:
    """Mean squares of the sources and error for every row of y [studies, 25]."""
    levels = st.oa25(factors)
    centred = y - y.mean(axis=1, keepdims=True)
    effects = []
    for f in range(factors):
        means = np.stack([centred[:, levels[:, f] == k].mean(axis=1) for k in range(5)], axis=1)
        effects.append(means[:, levels[:, f]])
    rest = centred - sum(effects)
    squares = [(e**2).sum(axis=1) / 4 for e in effects]
    found = np.stack([*squares, (rest**2).sum(axis=1) / (24 - 4 * factors)], axis=1)
    library = [c.square for c in st.source_variance(y[0], factors).components]
    assert library == pytest.approx(found[0].tolist(), rel=1e-10)
    return found


@pytest.mark.parametrize("kind", ["standard_t", "lognormal"])
def test_two_tests_of_spread_together_hold_where_one_does_not(kind: str) -> None:
    """Ten unrelated runs of equal spread, skewed or with heavy tails."""
    rng, studies, parameter = generator(41), 500, {"standard_t": 3, "lognormal": 0}[kind]
    draws = getattr(rng, kind)(parameter, size=(studies, 2, 10))
    found = [st.compare_spread(a, b) for a, b in draws]
    pitman_morgan = np.array([one.p_paired <= 0.05 for one in found])
    brown_forsythe = np.array([one.p_unpaired <= 0.05 for one in found])
    assert pitman_morgan.mean() > 0.14
    assert (pitman_morgan & brown_forsythe).mean() < 0.05 + 3.3 * sqrt(0.05 * 0.95 / studies)


def test_two_tests_of_spread_find_what_there_is() -> None:
    rng, studies = generator(42), 200
    shown = 0
    for noise in rng.normal(size=(studies, 2, 10)):
        found = st.compare_spread(4 * noise[0], noise[1])
        shown += found.p_paired <= 0.05 and found.p_unpaired <= 0.05
    assert shown / studies > 0.7


def test_a_rare_collapse_defeats_the_mean_and_its_limits_say_so() -> None:
    """One run in ten is .35 worse: the t interval holds in .63 of studies, exact limits do."""
    rng, studies, n = generator(43), 1_000, 10
    collapsed = rng.random((studies, n)) < 0.1
    runs = 0.005 * rng.normal(size=(studies, n)) + 0.35 * collapsed
    means = sum(st.mean_interval(x).contains(0.035) for x in runs)
    shares = sum(st.exact_share(int(c.sum()), n).contains(0.1) for c in collapsed)
    assert means / studies == pytest.approx(0.63, abs=0.05)
    assert shares / studies > 0.95


@pytest.mark.thorough
@pytest.mark.parametrize("shared", [True, False])
def test_reversal_limits_cover(shared: bool) -> None:
    rng, n, studies, gap = generator(6), 5, 2_000, 1.0
    hits = 0
    truth = stats.norm.cdf(-gap / (sqrt(0.5) if shared else sqrt(2.5)))
    for a, b in twins(rng, n, studies):
        hits += st.reversal_probability(a + gap, b, shared=shared).model.contains(truth)
    assert hits / studies > 0.93


def test_crossed_limits_cover() -> None:
    rng, studies = generator(8), 1_000
    hits = np.zeros(3)
    for _ in range(studies):
        seed, user = 0.3 * rng.normal(size=(6, 1)), rng.normal(size=(1, 20))
        found = st.crossed_variance(seed + user + rng.normal(size=(6, 20)))
        same_users, same_seeds = float(user.mean()), float(seed.mean())
        hits += [
            found.other_seeds.contains(same_users),
            found.other_users.contains(same_seeds),
            found.both.contains(0.0),
        ]
    assert (hits / studies > 0.93).all()
    assert (hits / studies < 0.98).all()


@pytest.mark.slow
@pytest.mark.parametrize("factors", [4, 5])
@pytest.mark.parametrize("source", range(4))
def test_shares_of_the_total_cover(source: int, factors: int) -> None:
    rng, levels = generator(20 + source), st.oa25(factors)
    truth = np.append(np.roll([2.0, 1.0, 0.5, 0.0, 0.3][:factors], source), 1.0)
    hits = np.zeros(factors + 1)
    for _ in range(400):
        y = sum(sqrt(truth[f]) * rng.normal(size=5)[levels[:, f]] for f in range(factors))
        y = y + sqrt(truth[factors]) * rng.normal(size=25)
        for f, c in enumerate(st.source_variance(y, factors).components):
            hits[f] += c.share.contains(truth[f] / truth.sum())
    assert (hits / 400 > 0.92).all()


@pytest.mark.slow
@pytest.mark.parametrize("n", [5, 10])
def test_coverage_to_three_decimals(n: int) -> None:
    data = generator(30 + n).normal(size=(60_000, n))
    mean = sum(st.mean_interval(x).contains(0.0) for x in data)
    sd = sum(st.spread(x).sd.contains(1.0) for x in data)
    assert [mean / 60_000, sd / 60_000] == pytest.approx([0.95, 0.95], abs=0.003)
