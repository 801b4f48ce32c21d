"""Small ratings in which some users and items have content but no rating; tables of content."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from coldbench.data import Array, Field, Ratings, open_dataset

NOBODY = (3, 40, 77)  # users without a rating
NOTHING = (5, 50, 90)  # items without one
SIZE = {"n_users": 120, "n_items": 100, "n_ratings": 4000}


def world() -> tuple[Ratings, Ratings]:
    """Ratings to train on, and the same with those of NOBODY and of NOTHING."""
    whole = open_dataset("synthetic", SIZE)
    kept = ~np.isin(whole.user, NOBODY) & ~np.isin(whole.item, NOTHING)
    return only(whole, kept), whole


def only(ratings: Ratings, kept: Array) -> Ratings:
    """Some of the ratings, with the whole catalogue."""
    rows = {
        name: None if getattr(ratings, name) is None else np.array(getattr(ratings, name)[kept])
        for name in ("user", "item", "value", "time", "best")
    }
    return replace(ratings, **rows, sha256="")


def support_of(ratings: Ratings, users: tuple[int, ...], most: int = 9) -> pd.DataFrame:
    """The first ratings of some users, of items that were trained on."""
    kept = np.isin(ratings.user, users) & ~np.isin(ratings.item, NOTHING)
    frame = pd.DataFrame(
        {
            "user": ratings.user_id[ratings.user[kept]],
            "item": ratings.item_id[ratings.item[kept]],
            "rating": ratings.value[kept],
        }
    ).drop_duplicates(["user", "item"])
    return frame.groupby("user").head(most)


def content(ratings: Ratings, side: str, places: tuple[int, ...]) -> pd.DataFrame:
    """The content of some users or items, as a table that a user might have."""
    catalogue = ratings.catalogue
    fields = catalogue.user_fields if side == "user" else catalogue.item_fields
    ids = ratings.user_id if side == "user" else ratings.item_id
    columns = {field.name: [_cell(field, place) for place in places] for field in fields}
    return pd.DataFrame({side: ids[list(places)], **columns})


def _cell(field: Field, place: int) -> Any:
    value = field.values[place]
    if field.kind == "number":
        return float(value)
    if field.kind == "category":
        return field.labels[value - 1] if value else None
    return "|".join(field.labels[one - 1] for one in value if one)
