"""A description of a data set in plain values, for `coldbench data info NAME`."""

from datetime import UTC, datetime
from typing import Any

import numpy as np

from coldbench.data.ratings import Array, Field, Ratings

__all__ = ["describe"]

MOST_VALUES = 50


def describe(ratings: Ratings) -> dict[str, Any]:
    """Counts, histogram, density, fields, years, times, licence, fingerprints and what is said.

    Values are plain Python (str, int, float, list, dict, None) and can be written as JSON.
    `ratings_per_user` and `_per_item` give minimum, quartiles and maximum over those that have
    any; `oracle_mae` is present only when the model behind the data is known.
    """
    n_users, n_items = ratings.catalogue.n_users, ratings.catalogue.n_items
    per_user = np.bincount(ratings.user, minlength=n_users)
    per_item = np.bincount(ratings.item, minlength=n_items)
    facts: dict[str, Any] = {
        "name": ratings.name,
        "ratings": len(ratings),
        "users": n_users,
        "items": n_items,
        "rated_items": int(np.count_nonzero(per_item)),
        "active_users": int(np.count_nonzero(per_user)),
        "density": len(ratings) / (n_users * n_items),
        "scale": {k: float(v) for k, v in ratings.scale._asdict().items()},
        "mean": float(ratings.value.mean(dtype=np.float64)),
        "histogram": _histogram(ratings.value),
        "ratings_per_user": _quartiles(per_user),
        "ratings_per_item": _quartiles(per_item),
        "user_fields": [_field(field) for field in ratings.catalogue.user_fields],
        "item_fields": [_field(field) for field in ratings.catalogue.item_fields],
        "years": _years(ratings),
        "times": _times(ratings.time),
        "licence": ratings.licence,
        "sha256": ratings.sha256,
        "rows_sha256": ratings.rows_sha256,
        "content_sha256": ratings.content_sha256,
        "understood": list(ratings.understood),
        "warnings": list(ratings.warnings),
        "notes": list(ratings.notes),
    }
    if ratings.best is not None:
        miss = np.abs(ratings.value - ratings.best)
        facts["oracle_mae"] = float(miss.mean(dtype=np.float64))
    return facts


def _histogram(value: Array) -> dict[str, int] | None:
    """How often each rating occurs, or None for a (nearly) continuous scale."""
    levels, counts = np.unique(value, return_counts=True)
    if len(levels) > MOST_VALUES:
        return None
    return {f"{v:g}": int(count) for v, count in zip(levels, counts, strict=True)}


def _quartiles(counts: Array) -> list[float]:
    quantiles = np.quantile(counts[counts > 0], [0, 0.25, 0.5, 0.75, 1])
    return [float(quantile) for quantile in quantiles]


def _field(field: Field) -> dict[str, Any]:
    values = field.values
    if field.kind == "number":
        unknown = int(np.isnan(values).sum())
    else:
        unknown = int((values == 0).reshape(len(values), -1).all(axis=1).sum())
    return {
        "name": field.name,
        "kind": field.kind,
        "categories": max(field.size - 1, 0),
        "longest": int(values.shape[1]) if field.kind == "set" else 1,
        "unknown": unknown,
        "share_unknown": unknown / max(len(values), 1),
    }


def _years(ratings: Ratings) -> list[int] | None:
    years = ratings.catalogue.item_year
    if years is None or np.isnan(years).all():
        return None
    return [int(np.nanmin(years)), int(np.nanmax(years))]


def _times(time: Array | None) -> list[str] | None:
    """First and last rating, in UTC."""
    if time is None:
        return None
    ends = (int(time.min()), int(time.max()))
    return [datetime.fromtimestamp(second, UTC).isoformat() for second in ends]
