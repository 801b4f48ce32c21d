"""Content of synthetic users and items, and the hidden effects of its levels."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from coldbench.data.ratings import Array, Field
from coldbench.data.vocabulary import strings

__all__ = ["FIRST_NEW_YEAR", "Content", "item_content", "user_content"]

FIRST_NEW_YEAR, LAST_YEAR = 1998, 2000
GENRES = ("Action", "Adventure", "Animation", "Children", "Comedy", "Crime", "Documentary", "Drama",
          "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller",
          "War", "Western")  # fmt: skip
AGES = ("1", "18", "25", "35", "45", "50", "56")
AGE_SHARES = (0.04, 0.18, 0.35, 0.20, 0.09, 0.08, 0.06)
MPAA = ("G", "PG", "PG-13", "R", "NC-17")
MPAA_SHARES = (0.06, 0.17, 0.22, 0.53, 0.02)


class Content(NamedTuple):
    """Fields of n users or items, and their hidden effects.

    effect: float64 [n, 1 + D], columns of mean 0 and variance 1: effect on quality, then taste;
    age: scaled release year [n] (zeros for users); titles: display names or None.
    """

    fields: tuple[Field, ...]
    effect: Array
    age: Array
    titles: Array | None = None


def user_content(n: int, d: int, rng: np.random.Generator) -> Content:
    """Gender, age, occupation and area of n users."""
    gender = _category("gender", ("F", "M"), rng.choice(2, n, p=(0.28, 0.72)))
    age = _category("age", AGES, rng.choice(len(AGES), n, p=AGE_SHARES))
    jobs = tuple(str(number) for number in range(21))
    occupation = _category("occupation", jobs, _skewed(21, n, rng))
    areas = tuple(f"{number:02d}" for number in range(100))
    area = _category("area", areas, _skewed(100, n, rng))
    fields = (age, gender, occupation, area)
    return Content(fields, _effect(fields, (0.35, 0.35, 0.2, 0.1), d, rng), np.zeros(n))


def item_content(n: int, n_old: int, d: int, rng: np.random.Generator) -> Content:
    """Year, MPAA rating, genres, directors and actors of n items; the first n_old are older."""
    old = 1997 - np.minimum(rng.exponential(12.0, n_old).astype(np.int64), 78)
    new = rng.integers(FIRST_NEW_YEAR, LAST_YEAR + 1, n - n_old)
    years = np.concatenate([old, new]).astype(np.float32)
    mpaa = _category("mpaa_rating", MPAA, rng.choice(len(MPAA), n, p=MPAA_SHARES))
    genre = _set("genre", GENRES, n, (0.4, 0.35, 0.25), rng)
    directors = [f"Director {number}" for number in range(1, max(5, n // 4) + 1)]
    director = _set("director", directors, n, (0.93, 0.07), rng)
    actors = [f"Actor {number}" for number in range(1, max(10, n // 2) + 1)]
    actor = _set("actor", actors, n, (0.1, 0.2, 0.3, 0.4), rng)
    hidden = (mpaa, genre, director, actor)
    effect = _effect(hidden, (0.1, 0.55, 0.2, 0.15), d, rng)
    year = Field("release_year", "number", 0, years)
    titles = strings(f"Film {k} ({y:.0f})" for k, y in enumerate(years, 1))
    return Content((year, *hidden), effect, _scaled(years.astype(np.float64)), titles)


def _skewed(levels: int, n: int, rng: np.random.Generator) -> Array:
    """Levels 0..levels-1, the early ones more often."""
    return np.floor(levels * rng.random(n) ** 1.6).astype(np.int64)


def _category(name: str, labels: Sequence[str], codes: Array) -> Field:
    return Field(name, "category", len(labels) + 1, (codes + 1).astype(np.int32), tuple(labels))


def _set(
    name: str, labels: Sequence[str], n: int, sizes: Sequence[float], rng: np.random.Generator
) -> Field:
    """Between 1 and len(sizes) members each, by the shares `sizes`; repeated draws count once."""
    width = len(sizes)
    members = np.stack([_skewed(len(labels), n, rng) for _ in range(width)], axis=1) + 1
    members[np.arange(width) > rng.choice(width, n, p=sizes)[:, None]] = 0
    for place in range(1, width):
        again = (members[:, :place] == members[:, place, None]).any(axis=1)
        members[again, place] = 0
    order = np.argsort(members == 0, axis=1, kind="stable")
    packed = np.take_along_axis(members, order, axis=1).astype(np.int32)
    return Field(name, "set", len(labels) + 1, packed, tuple(labels))


def _effect(
    fields: Sequence[Field], weights: Sequence[float], d: int, rng: np.random.Generator
) -> Array:
    total = np.zeros((len(fields[0].values), 1 + d))
    for field, weight in zip(fields, weights, strict=True):
        levels = rng.standard_normal((field.size, 1 + d))
        levels[0] = 0.0
        codes = field.values if field.kind == "set" else field.values[:, None]
        sums = sum(levels[codes[:, place]] for place in range(codes.shape[1]))
        members = np.maximum((codes > 0).sum(axis=1, keepdims=True), 1)
        total += np.sqrt(weight) * _scaled(sums / np.sqrt(members))
    return _scaled(total)


def _scaled(values: Array) -> Array:
    """Mean 0 and variance 1 along the first axis; constant columns become 0."""
    centred = values - values.mean(axis=0)
    spread = centred.std(axis=0)
    return np.asarray(centred / np.where(spread > 0, spread, 1.0))
