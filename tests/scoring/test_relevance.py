"""hit@5 and mrr@5 against every order of ties; nmae and rmse_user by hand."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coldbench.data.ratings import Array, Scale
from coldbench.scoring.metrics.hit import hit, hit_5
from coldbench.scoring.metrics.metric import STARS
from coldbench.scoring.metrics.mrr import mrr, mrr_5
from coldbench.scoring.metrics.nmae import nmae
from coldbench.scoring.metrics.relevance import first_relevant
from coldbench.scoring.metrics.rmse_user import rmse_user

SCALES = (STARS, Scale(0, 10, 1), Scale(-10, 10, 1), Scale(0.5, 5, 0.5), Scale(0, 1, 1))
LEAST = {STARS: 4, Scale(0, 10, 1): 7.5, Scale(-10, 10, 1): 5, Scale(0.5, 5, 0.5): 3.875}


def by_every_order(value: Array, score: Array, least: float, k: int) -> tuple[float, float]:
    """Mean over all orders of an episode that sort by score: hit@k, and 1 / rank."""
    found = []
    for order in itertools.permutations(range(len(value))):
        if all(score[a] >= score[b] for a, b in itertools.pairwise(order)):
            ranks = [rank for rank, one in enumerate(order, 1) if value[one] >= least]
            found.append((ranks[0] <= k, 1 / ranks[0] if ranks[0] <= k else 0.0))
    first, second = np.mean(found, axis=0)
    return float(first), float(second)


@given(data=st.data(), k=st.integers(1, 5))
def test_ties_count_as_the_mean_over_their_orders(data: st.DataObject, k: int) -> None:
    stars = st.integers(1, 5)
    expected, value, score, episode = [], [], [], []
    for user in range(data.draw(st.integers(1, 3))):
        n = data.draw(st.integers(1, 5))
        mine = [float(data.draw(stars)) for _ in range(n)]
        given_ = [float(data.draw(st.integers(1, 3))) for _ in range(n)]
        value, score, episode = value + mine, score + given_, episode + [user] * n
        if max(mine) >= 4:
            expected.append(by_every_order(np.array(mine), np.array(given_), 4, k))
    arrays = np.array(value), np.array(score), np.array(episode)
    wanted = np.mean(expected, axis=0) if expected else (1.0, 1.0)
    assert hit(*arrays, k=k) == pytest.approx(wanted[0])
    assert mrr(*arrays, k=k) == pytest.approx(wanted[1])


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("metric", [hit_5, mrr_5, nmae], ids=lambda metric: metric.name)
def test_the_same_opinions_in_other_units_have_the_same_value(metric, scale) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(3)
    place, score = rng.integers(0, 3, (2, 60)) / 2  # lowest, middle and highest of any scale
    episode = np.repeat(np.arange(6), 10)
    low, width = scale.low, scale.high - scale.low
    there = metric(low + width * place, low + width * score, episode, scale)
    assert there == pytest.approx(metric(1 + 4 * place, 1 + 4 * score, episode))


@pytest.mark.parametrize("scale", LEAST)
def test_relevant_is_the_upper_quarter(scale: Scale) -> None:
    value = np.array([LEAST[scale], LEAST[scale] - 0.01])
    worst = np.array([1.0, 2.0])
    chance = first_relevant(value, worst, np.zeros(2), scale, 2)
    assert chance.tolist() == [[0.0, 1.0]]
    stored = np.float32(value[:1]).astype(np.float64)  # as single precision has it
    assert len(first_relevant(stored, worst[:1], np.zeros(1), scale, 1)) == 1


def test_by_hand() -> None:
    value = np.array([5.0, 1, 4, 2, 2, 1, 3, 3])
    score = np.array([2.0, 4, 3, 5, 1, 1, 5, 4])
    episode = np.array([7, 7, 7, 7, 3, 3, 3, 3])  # user 3 has nothing relevant
    assert mrr_5(value, score, episode) == pytest.approx(1 / 3)
    assert hit(value, score, episode, k=2) == 0
    assert hit_5(value, score, episode) == 1
    assert rmse_user(value, score, np.array([0] * 4 + [1] * 4)) == pytest.approx(
        (np.sqrt(28 / 4) + np.sqrt(6 / 4)) / 2
    )
    assert nmae(value, score, episode, Scale(0, 10, 1)) == pytest.approx(14 / 8 / 10)


def test_without_a_relevant_item_nothing_is_missed() -> None:
    value, score = np.array([1.0, 3]), np.array([3.0, 1])
    assert hit_5(value, score, np.zeros(2)) == mrr_5(value, score, np.zeros(2)) == 1.0
    constant = Scale(3, 3, 1)
    assert nmae(np.full(2, 3.0), np.full(2, 3.0), np.zeros(2), constant) == 0.0
    assert hit_5(np.full(2, 3.0), score, np.zeros(2), constant) == 1.0


def test_an_item_beyond_the_fifth_is_no_hit() -> None:
    value = np.array([1.0, 1, 1, 1, 1, 5])
    falling = -np.arange(6.0)
    assert hit_5(value, falling, np.zeros(6)) == mrr_5(value, falling, np.zeros(6)) == 0.0
    assert hit_5(value, np.zeros(6), np.zeros(6)) == pytest.approx(5 / 6)
    assert mrr_5(value, np.zeros(6), np.zeros(6)) == pytest.approx(np.sum(1 / np.arange(1, 6)) / 6)
