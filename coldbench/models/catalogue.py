"""The catalogue that a stored model was trained with: arrays, and what JSON can say of them.

A model has one user more than its data: one of whom nothing is known, who stands for every new
user without content. Of the users of the training data only content is kept, without their ids.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from coldbench.data import Array, Catalogue, Field, Ratings

__all__ = ["Known", "unpacked", "with_unknown_user"]


@dataclass(frozen=True, eq=False)
class Known:
    """catalogue: of the training data and the unknown user, who comes last; item_id: raw ids of
    items, str [I]."""

    catalogue: Catalogue
    item_id: Array

    @classmethod
    def of(cls, ratings: Ratings) -> "Known":
        """That of all users and items of a data set."""
        return cls(with_unknown_user(ratings.catalogue), ratings.item_id)

    def packed(self) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
        """Tensors by name, and plain values that say what they are."""
        title = self.catalogue.item_title
        sides = {"user": self.catalogue.user_fields, "item": self.catalogue.item_fields}
        tensors = {
            f"{side}.{n}": torch.from_numpy(np.array(field.values))
            for side, fields in sides.items()
            for n, field in enumerate(fields)
        }
        plain = {
            "n_users": self.catalogue.n_users,
            "item_id": self.item_id.tolist(),
            "item_title": None if title is None else title.tolist(),
            **{f"{side}_fields": [_described(f) for f in fields] for side, fields in sides.items()},
        }
        return tensors, plain


def unpacked(tensors: dict[str, torch.Tensor], plain: dict[str, Any]) -> Known:
    """The reverse of `Known.packed`."""

    def fields(side: str) -> tuple[Field, ...]:
        return tuple(
            Field(
                one["name"], one["kind"], one["size"], tensors[f"{side}.{n}"].numpy(),
                tuple(one["labels"]),
            )
            for n, one in enumerate(plain[f"{side}_fields"])
        )  # fmt: skip

    item_id, title = np.array(plain["item_id"], dtype=np.str_), plain["item_title"]
    titles = None if title is None else np.array(title, dtype=np.str_)
    catalogue = Catalogue(plain["n_users"], len(item_id), fields("user"), fields("item"), titles)
    return Known(catalogue, item_id)


def with_unknown_user(catalogue: Catalogue) -> Catalogue:
    """With one user more, of whom nothing is known."""
    fields = tuple(replace(f, values=_one_unknown(f)) for f in catalogue.user_fields)
    return replace(catalogue, n_users=catalogue.n_users + 1, user_fields=fields)


def _one_unknown(field: Field) -> Array:
    unknown = np.full_like(field.values[:1], np.nan if field.kind == "number" else 0, subok=False)
    if not len(unknown):
        unknown = np.zeros((1, *field.values.shape[1:]), field.values.dtype)
    return np.concatenate([field.values, unknown])


def _described(field: Field) -> dict[str, Any]:
    return {
        "name": field.name, "kind": field.kind, "size": field.size, "labels": list(field.labels),
    }  # fmt: skip
