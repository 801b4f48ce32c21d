"""Ragged lists against plain Python lists."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coldbench.data.ragged import Ragged

LISTS = st.lists(st.lists(st.integers(0, 99), max_size=6), min_size=1, max_size=6)


def ragged(lists: list[list[int]]) -> Ragged:
    return Ragged.of(
        np.array([v for x in lists for v in x], dtype=np.int64), np.array([len(x) for x in lists])
    )


def plain(lists: Ragged) -> list[list[int]]:
    return [lists.rows[a:b].tolist() for a, b in zip(lists.ptr[:-1], lists.ptr[1:], strict=True)]


@given(LISTS, st.integers(0, 4))
def test_split_takes_the_first_rows(lists: list[list[int]], count: int) -> None:
    first, rest = ragged(lists).split(count)
    assert plain(first) == [x[:count] for x in lists]
    assert plain(rest) == [x[count:] for x in lists]


@given(LISTS, st.data())
def test_select_and_where(lists: list[list[int]], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(lists) - 1), max_size=5))
    assert plain(ragged(lists).select(np.array(chosen, dtype=int))) == [lists[i] for i in chosen]
    even = ragged(lists).rows % 2 == 0
    assert plain(ragged(lists).where(even)) == [[v for v in x if v % 2 == 0] for x in lists]


@given(LISTS)
def test_padding(lists: list[list[int]]) -> None:
    values = np.arange(100, dtype=np.float32) + 1
    table, mask = ragged(lists).padded(values)
    assert table.shape == mask.shape == (len(lists), max(1, *map(len, lists)))
    for row, keep, one in zip(table, mask, lists, strict=True):
        assert row[keep].tolist() == [values[i] for i in one]
        assert (row[~keep] == 0).all()


def test_grouping_keeps_the_order_within_a_key() -> None:
    lists, keys = Ragged.grouped(np.array([5, 6, 7, 8]), np.array([2, 0, 2, 0]))
    assert keys.tolist() == [0, 2]
    assert plain(lists) == [[6, 8], [5, 7]]


def test_shuffling_permutes_each_list() -> None:
    lists = ragged([list(range(50)), list(range(50, 80))])
    mixed = lists.shuffled(np.random.default_rng(0))
    assert [sorted(x) for x in plain(mixed)] == plain(lists) != plain(mixed)


class Draws(np.random.Generator):
    """A generator whose next draws are known."""

    def __init__(self, draws: list[float]) -> None:
        super().__init__(np.random.PCG64(0))
        self.draws = draws

    def random(self, size: int) -> np.ndarray:
        return np.array(self.draws[:size])


def test_shuffling_orders_draws_that_differ_in_their_last_digit() -> None:
    lists = ragged([[0], [10, 11]])
    mixed = lists.shuffled(Draws([0.5, np.nextafter(0.25, 1), 0.25]))
    assert plain(mixed) == [[0], [11, 10]]
