"""Files that are recognised as a published data set, and are not as it was published."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from coldbench.data.ratings import Array, Ratings
from coldbench.errors import DataError, shorten

__all__ = ["Published", "altered", "not_as_published", "with_oddities"]


class Published(NamedTuple):
    """The data set as published: number of ratings; ids run from 1 to these (0: no such rule)."""

    name: str
    ratings: int
    last_user: int = 0
    last_item: int = 0


@contextmanager
def altered(published: Published) -> Iterator[None]:
    """Errors within say which data set the files look like."""
    try:
        yield
    except DataError as error:
        raise DataError(f"{error}; this looks like {published.name}, but was altered") from error


def with_oddities(ratings: Ratings, published: Published) -> Ratings:
    """The ratings with warnings of ids and numbers that the published files do not have."""
    found = [
        *_strange("user", ratings.user_id, published.last_user),
        *_strange("item", ratings.item_id, published.last_item),
    ]
    found += not_as_published(published.name, len(ratings), published.ratings)
    return replace(ratings, warnings=(*ratings.warnings, *found)) if found else ratings


def not_as_published(name: str, count: int, published: int) -> list[str]:
    """A warning of another number of ratings; none when the published number is not known (0)."""
    if published in (0, count):
        return []
    return [f"{count:,} ratings, while {name} as published has {published:,}: the copy was altered"]


def _strange(side: str, ids: Array, last: int) -> list[str]:
    if not last:
        return []
    known = {str(number) for number in range(1, last + 1)}
    strange = [value for value in ids.tolist() if value not in known]
    if not strange:
        return []
    more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
    return [f"{side} {shorten(strange[0])}{more}: as published, {side}s are numbered 1 to {last}"]
