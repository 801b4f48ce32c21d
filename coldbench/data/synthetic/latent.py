"""The latent model of the synthetic data.

Users u, items i; D = 4 hidden dimensions. Every level of every content field has a standard
normal effect on quality (a number) and on taste (a D-vector). `c` and `h` are their weighted sums
over an item's fields (genre, director, actor, MPAA rating), scaled to mean 0 and variance 1 over
the items; `d` and `g` the same over a user's fields (gender, age, occupation, area):

    b_i = 0.50 (sqrt(0.6) c_i - sqrt(0.1) year_i + sqrt(0.3) e_i)       item quality
    b_u = 0.42 (sqrt(0.2) d_u + sqrt(0.8) e_u)                          user generosity
    q_i = sqrt(0.7) h_i + sqrt(0.3) e_i,  p_u = sqrt(0.3) g_u + sqrt(0.7) e_u       tastes
    s   = 3.45 + b_u + b_i + 0.38 <p_u, q_i> / sqrt(D)
    rating = clip(round(s + noise * e), 1, 5)

with e independent standard normal, and year_i the scaled release year (old films survive because
they are good). `Ratings.best` is the median of a rating given s: clip(round(s), 1, 5), since
P(rating <= k) = Phi((k + 1/2 - s) / noise) reaches 1/2 at the first k >= s - 1/2. No prediction,
integer or not, has a smaller expected absolute error.
"""

import numpy as np

from coldbench.data.ratings import Array, Catalogue, Ratings, Scale
from coldbench.data.synthetic.activity import activity, distinct_pairs, times
from coldbench.data.synthetic.options import SyntheticOptions
from coldbench.data.synthetic.viewers import Content, item_content, user_content
from coldbench.data.vocabulary import strings
from coldbench.rng import generator

__all__ = ["draw"]

D = 4
MEAN, USER_SD, ITEM_SD, TASTE_SD = 3.45, 0.42, 0.50, 0.38
NEW_SHARE = 0.2
PARTS = ("users", "items", "activity", "noise")
CHUNK = 1 << 20


def draw(config: SyntheticOptions, licence: str) -> Ratings:
    """All ratings of a configuration; the same configuration gives the same bytes."""
    rng = {part: generator(config.seed, "synthetic", part) for part in PARTS}
    n_users, n_items = config.n_users, config.n_items
    n_old = n_items - max(1, round(NEW_SHARE * n_items))
    users, items = (
        user_content(n_users, D, rng["users"]),
        item_content(n_items, n_old, D, rng["items"]),
    )
    user_bias, user_taste = _users(users, rng["users"])
    item_bias, item_taste = _items(items, rng["items"])
    user, item, time = _who_what_when(config, item_bias, n_old, rng["activity"])
    value, best = _rate(
        user, item, (user_bias, user_taste, item_bias, item_taste), config.noise, rng["noise"]
    )
    return Ratings(
        name="synthetic",
        user=user,
        item=item,
        value=value,
        time=time,
        scale=Scale(1.0, 5.0, 1.0),
        catalogue=Catalogue(n_users, n_items, users.fields, items.fields, items.titles),
        user_id=strings(str(number) for number in range(1, n_users + 1)),
        item_id=strings(str(number) for number in range(1, n_items + 1)),
        best=best,
        licence=licence,
    )


def _users(content: Content, rng: np.random.Generator) -> tuple[Array, Array]:
    own = rng.standard_normal((len(content.effect), 1 + D))
    bias = np.sqrt(0.2) * content.effect[:, 0] + np.sqrt(0.8) * own[:, 0]
    taste = np.sqrt(0.3) * content.effect[:, 1:] + np.sqrt(0.7) * own[:, 1:]
    return USER_SD * bias, taste


def _items(content: Content, rng: np.random.Generator) -> tuple[Array, Array]:
    own = rng.standard_normal((len(content.effect), 1 + D))
    bias = np.sqrt(0.6) * content.effect[:, 0] + np.sqrt(0.3) * own[:, 0]
    taste = np.sqrt(0.7) * content.effect[:, 1:] + np.sqrt(0.3) * own[:, 1:]
    return ITEM_SD * (bias - np.sqrt(0.1) * content.age), taste


def _who_what_when(
    config: SyntheticOptions, item_bias: Array, n_old: int, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """User int32, item int32 and time int64, all [N], by user and then by time."""
    n_items = len(item_bias)
    popularity = np.exp(1.2 * rng.standard_normal(n_items) + 0.8 * item_bias)
    new_share = rng.beta(2.0, 2.0 * (1 - NEW_SHARE) / NEW_SHARE, config.n_users)
    count = activity(config.n_users, n_items, config.n_ratings, rng)
    pairs = distinct_pairs(count, new_share, popularity, n_old, rng)
    user = np.repeat(np.arange(config.n_users, dtype=np.int32), count)
    order = np.argsort(user + rng.random(len(user)))
    return user, (pairs[order] % n_items).astype(np.int32), times(count, rng)


def _rate(
    user: Array,
    item: Array,
    latent: tuple[Array, Array, Array, Array],
    noise: float,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Ratings and their conditional medians, float32 [N]."""
    value, best = np.empty((2, len(user)), dtype=np.float32)
    for begin in range(0, len(user), CHUNK):
        rows = slice(begin, begin + CHUNK)
        score = _score(user[rows], item[rows], *latent)
        best[rows] = _rounded(score)
        value[rows] = _rounded(score + noise * rng.standard_normal(len(score)))
    return value, best


def _score(user: Array, item: Array, b_u: Array, p_u: Array, b_i: Array, q_i: Array) -> Array:
    taste = (p_u[user] * q_i[item]).sum(axis=1) / np.sqrt(D)
    return np.asarray(MEAN + b_u[user] + b_i[item] + TASTE_SD * taste)


def _rounded(score: Array) -> Array:
    return np.clip(np.rint(score), 1.0, 5.0)
