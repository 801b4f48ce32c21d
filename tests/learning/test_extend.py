"""Embeddings of content that take in users or items which come after those of training."""

from dataclasses import replace

import numpy as np
import torch

from coldbench.data import Field
from coldbench.learning.content import ContentEmbedding, category_ids

YEAR = Field("year", "number", 0, np.array([1990, 2000, 2010, np.nan], np.float32))
KIND = Field("kind", "category", 4, np.array([1, 2, 3, 0], np.int32), ("a", "b", "c"))
GENRE = Field(
    "genre", "set", 4, np.array([[1, 2], [3, 0], [1, 0], [0, 0]], np.int32), ("x", "y", "z")
)
OLD = (YEAR, KIND, GENRE)


def longer(field: Field, *values: object) -> Field:
    added = np.array(values, field.values.dtype)
    old = field.values
    if old.ndim == 2:
        old = np.pad(old, ((0, 0), (0, added.shape[1] - old.shape[1])))
    return replace(field, values=np.concatenate([old, added]))


def embedding() -> ContentEmbedding:
    made = ContentEmbedding(OLD, 4, np.random.default_rng(0), std=1.0)
    made.observe(np.array([0, 1]))  # training shows neither 2010 nor category c
    return made


def rows(of: ContentEmbedding, *index: int) -> torch.Tensor:
    return of(torch.tensor(index)).detach()


def test_the_same_content_gets_the_same_embedding() -> None:
    made = embedding()
    before = rows(made, 0, 1, 2, 3)
    new = (
        longer(YEAR, 2010, 1990, np.nan),
        longer(KIND, 3, 1, 0),
        longer(GENRE, [0, 0, 1], [2, 0, 1], [0, 0, 0]),
    )
    made.extend(OLD, new)
    assert torch.equal(rows(made, 0, 1, 2, 3), before)
    assert torch.allclose(rows(made, 4, 5, 6), before[[2, 0, 3]])


def test_a_number_between_or_beyond_the_known_ones() -> None:
    """Between two it counts as the lower one, below all of them as the lowest."""
    made = embedding()
    years = longer(YEAR, 1993, 1950, 2050)
    made.extend(OLD, (years, longer(KIND, 0, 0, 0), longer(GENRE, [0, 0], [0, 0], [0, 0])))
    start = rows(made, 0, 1)[:, :4]
    assert torch.equal(rows(made, 4, 5, 6)[:, :4], start[[0, 0, 1]])
    ids, n = category_ids(years, YEAR)
    assert n == 4
    assert ids.ravel().tolist() == [1, 2, 3, 0, 1, 1, 3]


def test_a_number_that_nobody_has_is_unknown() -> None:
    nothing = replace(YEAR, values=np.full(2, np.nan, np.float32))
    ids, n = category_ids(longer(nothing, 1990), nothing)
    assert n == 1
    assert ids.ravel().tolist() == [0, 0, 0]
