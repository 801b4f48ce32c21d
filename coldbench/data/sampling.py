"""A part of a data set's users, drawn once: to see what depends on how many there are."""

from coldbench.data.findings import Findings, counted
from coldbench.data.table import Table
from coldbench.errors import DataError
from coldbench.rng import generator

__all__ = ["draw_users"]


def draw_users(
    ratings: Table, users: Table | None, count: int | None, found: Findings
) -> tuple[Table, Table | None]:
    """The ratings and content of `count` of the users with ratings, all where it is None.

    The draw depends on their ids alone, not on rows or seeds. Rows without a user stay, to be
    refused. Raises DataError where there are fewer.
    """
    if count is None:
        return ratings, users
    given = ratings.frame["user"]
    names = sorted(given.cat.remove_unused_categories().cat.categories)
    if count > len(names):
        there = counted(len(names), "user")
        raise DataError(f"{ratings.label}: {count:,} users are asked for, {there} have ratings")
    chosen = generator(0, "users").choice(len(names), count, replace=False)
    drawn = {names[place] for place in chosen}
    found.understood.append(f"{count:,} of {counted(len(names), 'user')} drawn at random")
    kept = (given.isin(drawn) | given.isna()).to_numpy()
    if users is not None:
        users = users.only(users.frame["user"].isin(drawn).to_numpy())
    return ratings.only(kept), users
