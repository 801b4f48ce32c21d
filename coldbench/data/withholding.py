"""Ratings for those who may not see all values: what is withheld is not in memory at all.

A learner runs in the process that holds them. So they are copies without a file behind them, and
values of test targets are never read from the prepared file before predictions are made.
"""

from dataclasses import replace

import numpy as np

from coldbench.data.ratings import Array, Catalogue, Field, Ratings

__all__ = ["alone", "held", "in_memory", "showing", "withheld", "without_values"]


def without_values(ratings: Ratings) -> Ratings:
    """The same without any value, and without the best predictions: what a split depends on."""
    return replace(
        ratings,
        user=np.asarray(ratings.user),
        item=np.asarray(ratings.item),
        value=np.broadcast_to(np.float32(np.nan), len(ratings)),
        time=None if ratings.time is None else np.asarray(ratings.time),
        role=None if ratings.role is None else np.asarray(ratings.role),
        best=None,
        withheld=True,
    )


def in_memory(ratings: Ratings) -> Ratings:
    """A copy of ratings without values; without times and roles too, which only a split reads."""
    return replace(
        ratings,
        user=np.array(ratings.user),
        item=np.array(ratings.item),
        time=None,
        role=None,
        user_id=np.array(ratings.user_id),
        item_id=np.array(ratings.item_id),
        catalogue=_copied(ratings.catalogue),
    )


def held(ratings: Ratings) -> Ratings:
    """The same ratings in memory, with no file behind them that somebody may change."""
    return replace(
        ratings,
        user=np.array(ratings.user),
        item=np.array(ratings.item),
        value=np.array(ratings.value),
        time=None if ratings.time is None else np.array(ratings.time),
        role=None if ratings.role is None else np.array(ratings.role),
        best=None if ratings.best is None else np.array(ratings.best),
    )


def showing(ratings: Ratings, value: Array, rows: Array) -> Ratings:
    """Ratings without values, with those of the given rows: `value[rows]`; the others stay NaN."""
    seen = np.full(len(ratings), np.nan, dtype=np.float32)
    seen[rows] = value[rows]
    return replace(ratings, value=seen)


def alone(ratings: Ratings, rows: Array) -> Ratings:
    """Ratings of which the other rows hold nothing: user and item -1, value NaN. Which pairs are
    asked about tells of items that nobody rated in training."""
    other = np.ones(len(ratings), dtype=bool)
    other[rows] = False
    return replace(
        ratings,
        user=np.where(other, np.int32(-1), ratings.user),
        item=np.where(other, np.int32(-1), ratings.item),
        value=np.where(other, np.float32(np.nan), ratings.value),
    )


def withheld(ratings: Ratings, rows: Array) -> Ratings:
    """A copy in memory with the values of the given rows only."""
    return showing(in_memory(without_values(ratings)), ratings.value, rows)


def _copied(catalogue: Catalogue) -> Catalogue:
    title = catalogue.item_title
    return Catalogue(
        catalogue.n_users,
        catalogue.n_items,
        tuple(_own(field) for field in catalogue.user_fields),
        tuple(_own(field) for field in catalogue.item_fields),
        None if title is None else np.array(title),
    )


def _own(field: Field) -> Field:
    return replace(field, values=np.array(field.values))
