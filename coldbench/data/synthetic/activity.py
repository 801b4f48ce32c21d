"""Who rates what and when in synthetic data: long tails, no pair twice, bursts in time.

Every function is linear in the number of ratings, and works on whole arrays.
"""

import numpy as np

from coldbench.data.ratings import Array

__all__ = ["FEWEST", "activity", "distinct_pairs", "times"]

FEWEST = 20
"""Every user rates at least this many items, as in MovieLens."""

ROUNDS = 12
CELLS = 1 << 22
DAY = 86_400
START = 956_620_800
"""25 April 2000, the first days of MovieLens-1M."""


def activity(n_users: int, n_items: int, n_ratings: int, rng: np.random.Generator) -> Array:
    """Ratings per user, int64 [U], log-normal above FEWEST, adding up to n_ratings exactly.

    No user rates more than 60 % of the items, unless the average user must rate half as many.
    """
    most = min(n_items, max(int(0.6 * n_items), 2 * n_ratings // n_users, FEWEST))
    weight = rng.lognormal(0.0, 1.15, n_users)
    count = np.full(n_users, FEWEST, dtype=np.int64)
    while (remaining := n_ratings - int(count.sum())) > 0:
        open_weight = np.where(count < most, weight, 0.0)
        share = np.floor(remaining * open_weight / open_weight.sum()).astype(np.int64)
        if not share.any():
            share[np.flatnonzero(open_weight)[:remaining]] = 1
        count = np.minimum(count + share, most)
    return count


def distinct_pairs(
    count: Array, new_share: Array, popularity: Array, n_old: int, rng: np.random.Generator
) -> Array:
    """Pairs `user * I + item`, int64 [N], sorted, `count[user]` distinct items for each user.

    A draw takes a new item (index >= n_old) with the user's `new_share`, and within the group
    an item by `popularity`; repeated draws are redrawn.
    """
    n_items = len(popularity)
    ladder = _ladder(popularity, n_old)
    pairs = np.empty(0, dtype=np.int64)
    missing = count.copy()
    for _ in range(ROUNDS):
        if not missing.any():
            break
        owner = np.repeat(np.arange(len(count)), missing)
        rung = rng.random(len(owner)) + (rng.random(len(owner)) < new_share[owner])
        item = np.minimum(np.searchsorted(ladder, rung, side="right"), n_items - 1)
        fresh = _absent(_distinct(owner * n_items + item), pairs)
        missing -= np.bincount(fresh // n_items, minlength=len(count))
        pairs = _merge(pairs, fresh)
    rest = _remaining(missing, pairs, new_share, np.diff(ladder, prepend=0.0), n_old, rng)
    return _merge(pairs, rest)


def _ladder(popularity: Array, n_old: int) -> Array:
    """Cumulative shares: old items climb from 0 to 1, new ones from 1 to 2."""
    old, new = np.cumsum(popularity[:n_old]), np.cumsum(popularity[n_old:])
    return np.concatenate([old / old[-1], 1.0 + new / new[-1]])


def _distinct(pairs: Array) -> Array:
    """Sorted without repetition; by sorting, since `np.unique` hashes, slowly at this size."""
    ordered = np.sort(pairs)
    keep = np.ones(len(ordered), dtype=bool)
    keep[1:] = ordered[1:] != ordered[:-1]
    return np.asarray(ordered[keep])


def _absent(fresh: Array, pairs: Array) -> Array:
    if not len(pairs):
        return fresh
    place = np.minimum(np.searchsorted(pairs, fresh), len(pairs) - 1)
    return np.asarray(fresh[pairs[place] != fresh])


def _merge(pairs: Array, fresh: Array) -> Array:
    return np.sort(np.concatenate([pairs, fresh]), kind="stable")


def _remaining(
    missing: Array,
    pairs: Array,
    new_share: Array,
    share: Array,
    n_old: int,
    rng: np.random.Generator,
) -> Array:
    """The last items of heavy users: weighted draws without replacement (Gumbel top-k)."""
    n_items = len(share)
    drawn = [np.empty(0, dtype=np.int64)]
    users_missing = np.flatnonzero(missing)
    for users in np.array_split(users_missing, max(1, len(users_missing) * n_items // CELLS)):
        group = np.where(
            np.arange(n_items) < n_old, 1 - new_share[users, None], new_share[users, None]
        )
        rank = np.log(group * share + 1e-300) + rng.gumbel(size=group.shape)
        for row, user in enumerate(users):
            low, high = np.searchsorted(pairs, [user * n_items, (user + 1) * n_items])
            rank[row, pairs[low:high] - user * n_items] = -np.inf
            best = np.argsort(-rank[row], kind="stable")[: missing[user]]
            drawn.append(user * n_items + best)
    return np.concatenate(drawn)


def times(count: Array, rng: np.random.Generator) -> Array:
    """Unix seconds, int64 [N], ascending within each user: a first visit, then bursts."""
    total, begin = int(count.sum()), np.cumsum(count) - count
    gap = np.ceil(rng.exponential(30.0, total)).astype(np.int64)
    pause = rng.random(total) < 0.03
    gap[pause] += np.ceil(rng.exponential(20.0 * DAY, int(pause.sum()))).astype(np.int64)
    gap[begin] = START + (rng.beta(1.0, 3.0, len(count)) * 900 * DAY).astype(np.int64)
    running = np.cumsum(gap)
    return np.asarray(running - np.repeat(running[begin] - gap[begin], count))
