"""Content as numbers: what linear models and trees read of users or items.

Axes: n users or items, D features.
"""

from collections.abc import Sequence

import numpy as np

from coldbench import Array, Field, category_ids

__all__ = ["content_features"]


def content_features(
    fields: Sequence[Field], n: int, most_ids: int = 100, like: Sequence[Field] | None = None
) -> Array:
    """Feature matrix of n users or items, float64 [n, D]; [n, 0] when no field is of use.

    A category is one-hot, a set the mean of its members' one-hots times the root of their
    number (unit length), a number its standardised value (0 when unknown). Categories and sets
    of more than `most_ids` ids (directors, actors, authors) are left out: their columns would
    be too many for a closed form and too rare for one user's support. Numbers are standardised
    as those of `like` are, where these fields of other users or items are given.
    """
    blocks = [np.zeros((n, 0))]
    for field, standard in zip(fields, fields if like is None else like, strict=True):
        if field.kind == "number":
            blocks.append(_standardised(field.values, standard.values)[:, None])
        elif field.size <= most_ids:
            blocks.append(_one_hot(field))
    return np.concatenate(blocks, axis=1)


def _standardised(values: Array, like: Array) -> Array:
    known = like[~np.isnan(like)].astype(np.float64)
    if not len(known):
        return np.zeros(len(values))
    filled: Array = np.nan_to_num((values - known.mean()) / max(known.std(), 1e-9))
    return filled


def _one_hot(field: Field) -> Array:
    ids, size = category_ids(field)
    table: Array = np.zeros((len(ids), size))
    np.add.at(table, (np.arange(len(ids))[:, None], ids), 1.0)
    table = table[:, 1:]
    norm: Array = np.linalg.norm(table, axis=1, keepdims=True)
    return table / np.maximum(norm, 1e-9)
