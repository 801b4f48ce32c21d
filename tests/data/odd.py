"""Small data sets with one odd thing each, as atomic files: 40 users, 30 items, 24 ratings each."""

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.data.files import write

__all__ = ["atomic", "pairs", "rated"]

USERS, ITEMS = 40, 30


def pairs(seed: int = 7) -> Iterator[tuple[int, int]]:
    """24 items of each user, in order."""
    rng = random.Random(seed)
    for user in range(1, USERS + 1):
        for item in sorted(rng.sample(range(1, ITEMS + 1), 24)):
            yield user, item


def rated(value: Callable[[random.Random], object] | None = None) -> list[tuple[object, ...]]:
    """(user, item, rating) rows; ratings are 1 to 5 unless `value` draws them."""
    rng = random.Random(8)
    draw = value or (lambda rng: rng.choice([1, 2, 3, 3, 4, 4, 5]))
    return [(user, item, draw(rng)) for user, item in pairs()]


def atomic(
    folder: Path,
    ratings: Sequence[Sequence[object]],
    users: Sequence[Sequence[object]] = (),
    items: Sequence[Sequence[object]] = (),
) -> str:
    """The folder, with the files odd.inter and, if given, odd.user and odd.item; content tables
    begin with their header. Ratings of four columns have times."""
    header = ["user_id:token", "item_id:token", "rating:float", "timestamp:float"]
    tables = {"inter": [header[: len(ratings[0])], *ratings], "user": users, "item": items}
    files = {
        f"odd.{kind}": "".join("\t".join(map(str, row)) + "\n" for row in rows).encode()
        for kind, rows in tables.items()
        if rows
    }
    return str(write(folder, files))
