"""Fresh seeds: none that is known, and an honest entry passes 99 times out of 100 at least."""

import numpy as np
import pytest

from coldbench.errors import UsageError
from coldbench.league.entries.fresh import COUNT, LEVEL, chosen_seeds
from coldbench.statistics import prediction_interval, prediction_limits

SCENARIOS = 4
KNOWN = [str(seed) for seed in range(10)]


def drawn(n: int, rounds: int, rng: np.random.Generator, spread: float) -> np.ndarray:
    """MAE, and difference from the sentinel, [n, rounds, 8]: half of the variance is shared."""
    common, own = rng.normal(size=(n, rounds, 1)), rng.normal(size=(n, rounds, 2 * SCENARIOS))
    normal = (common + own) / np.sqrt(2)
    return np.exp(spread * normal) if spread else normal


def share(n: int, spread: float = 0.0, moved: float = 0.0, rounds: int = 8_000) -> float:
    """Of entries of n runs that pass, as `judged` judges them."""
    made = drawn(n + COUNT, rounds, np.random.default_rng([n, rounds]), spread)
    level = 1 - (1 - LEVEL) / made.shape[2]
    low, high = prediction_limits(made[:n], level=level, further=COUNT)
    fresh = made[n:].mean(0) + moved
    return float(((low <= fresh) & (fresh <= high)).all(1).mean())


@pytest.mark.parametrize(("spread", "least"), [(0.0, 0.997), (0.25, 0.99), (0.5, 0.978)])
@pytest.mark.parametrize("n", [3, 10, 20])
def test_an_honest_entry_passes_also_with_skewed_runs(n: int, spread: float, least: float) -> None:
    assert share(n, spread) >= least


def test_results_that_are_far_from_others_do_not() -> None:
    assert share(10, moved=5.0) < 0.1
    assert share(20, moved=5.0) == 0.0


def test_the_mean_of_further_runs_is_covered_as_often_as_said() -> None:
    x = np.random.default_rng(7).normal(size=(8 + 3, 20_000))
    low, high = prediction_limits(x[:8], level=0.9, further=3)
    inside = (low <= x[8:].mean(0)) & (x[8:].mean(0) <= high)
    assert 0.9 < inside.mean() < 0.94  # wider, for skewed runs
    one = prediction_interval(x[:8, 0], level=0.9, further=3)
    assert (one.low, one.high) == pytest.approx((low[0], high[0]))


def test_more_further_runs_have_a_narrower_interval() -> None:
    runs = [0.7, 0.72, 0.69, 0.74]
    widths = [prediction_interval(runs, further=m).width or 0 for m in (1, 3, 1_000_000)]
    assert widths == sorted(widths, reverse=True)
    mean = prediction_interval(runs, further=1_000_000)
    assert mean.low is not None
    assert mean.low < 0.7125 - 3.182 * np.std(runs, ddof=1) / 2 + 1e-3


def test_seeds_are_drawn_from_what_nobody_knows() -> None:
    first, second = (chosen_seeds(KNOWN, 5) for _ in range(2))
    assert first != second
    assert all(10 <= seed < 1000 for seed in (*first, *second))
    assert len(set(first)) == 5


@pytest.mark.parametrize("asked", [2, 991, (5, 600, 700), (600, 700, 1000), (600, 600, 700)])
def test_seeds_that_are_not_fresh(asked: int | tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="--seeds: draw from 3 to 990"):
        chosen_seeds(KNOWN, asked)


def test_named_seeds_are_taken() -> None:
    assert chosen_seeds(KNOWN, (700, 300, 500)) == (300, 500, 700)


def test_streams_that_move_one_by_one_have_no_fresh_seeds() -> None:
    with pytest.raises(UsageError, match="varies its streams one by one"):
        chosen_seeds(["0.0.0.1"], 3)
