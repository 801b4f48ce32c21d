"""Which users and items are cold, and who is pseudo-cold for validation."""

from typing import Literal

import numpy as np

from coldbench.data import Array, Ratings

__all__ = ["ColdItems", "cold_items", "cold_users", "pseudo_cold_items"]

ColdItems = Literal["by-year", "random"]


def cold_users(n_users: int, warm_share: float, rng: np.random.Generator) -> Array:
    """A random `1 - warm_share` of all users, bool [U]."""
    cold = np.zeros(n_users, dtype=bool)
    cold[rng.permutation(n_users)[round(warm_share * n_users) :]] = True
    return cold


def cold_items(
    ratings: Ratings,
    rows: Array,
    warm_share: float,
    cut_year: int | None,
    rng: np.random.Generator,
    how: ColdItems = "by-year",
) -> Array:
    """Items released after the year that leaves about `warm_share` of the ratings warm, bool [I].

    Without years: by first appearance in time; without times, or if so asked: at random. An item
    of unknown year in a data set with years is cold with the probability `1 - warm_share`.
    """
    count = np.bincount(ratings.item[rows], minlength=ratings.catalogue.n_items)
    if how == "random":
        return _after_share(rng.random(len(count)), count, warm_share)
    year = ratings.catalogue.item_year
    if year is None or np.isnan(year).mean() > 0.5:
        age = _first_seen(ratings, rows) if ratings.time is not None else rng.random(len(count))
        return _after_share(age, count, warm_share)
    known = ~np.isnan(year)
    cut = cut_year if cut_year is not None else _cut(year[known], count[known], warm_share)
    return np.where(known, year > cut, rng.random(len(year)) > warm_share)


def pseudo_cold_items(
    ratings: Ratings,
    rows: Array,
    share: float,
    rng: np.random.Generator,
    how: ColdItems = "by-year",
) -> Array:
    """The newest items that hold about `share` of the given rows, bool [I]; ties at random.

    Newest by release year, by first appearance, or at random, as in `cold_items`.
    """
    count = np.bincount(ratings.item[rows], minlength=ratings.catalogue.n_items)
    year, tie = ratings.catalogue.item_year, rng.random(len(count))
    if how == "random":
        return _after_share(tie, count, 1 - share)
    if year is not None and np.isnan(year).mean() <= 0.5:
        age = np.where(np.isnan(year), np.nanmin(year), year) + tie
    else:
        age = tie if ratings.time is None else _first_seen(ratings, rows)
    return _after_share(age, count, 1 - share)


def _cut(year: Array, count: Array, warm_share: float) -> float:
    years, index = np.unique(year, return_inverse=True)
    share = np.cumsum(np.bincount(index, weights=count)) / max(count.sum(), 1)
    return float(years[np.argmin(np.abs(share - warm_share))])


def _after_share(age: Array, count: Array, share: float) -> Array:
    order = np.argsort(age, kind="stable")
    before = np.cumsum(count[order]) - count[order] / 2
    cold = np.empty(len(age), dtype=bool)
    cold[order] = before > share * count.sum()
    return cold


def _first_seen(ratings: Ratings, rows: Array) -> Array:
    assert ratings.time is not None
    first = np.full(ratings.catalogue.n_items, np.iinfo(np.int64).max)
    np.minimum.at(first, ratings.item[rows], ratings.time[rows])
    return first.astype(np.float64)
