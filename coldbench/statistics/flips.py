"""The largest |t| of a family of paired differences when the signs of seeds are exchanged."""

from math import inf

import numpy as np

from coldbench.statistics.arrays import FloatArray, IntArray

__all__ = ["flipped", "moments", "ratio"]

EXACT_UP_TO = 11  # seeds up to which all sign vectors are used, 2^10 besides their mirrors
DRAWS = 2_000  # sampled sign vectors beyond


def flipped(d: FloatArray, seeds: IntArray, rng: np.random.Generator) -> FloatArray:
    """|t| of each row of `d` [P, R], 0 where a seed is missing, under each sign vector: [F, P].

    The first row is as observed. All sign vectors up to eleven seeds (`rng` untouched).
    """
    mean = _signs(d.shape[1], rng) @ d.T / np.maximum(seeds, 1)
    return ratio(mean, _error(mean, (d**2).sum(axis=1), seeds))


def moments(d: FloatArray, seeds: IntArray) -> tuple[FloatArray, FloatArray]:
    """Mean [P] and its standard error [P] of each row of `d` [P, R], 0 where a seed is missing."""
    mean = d.sum(axis=1) / np.maximum(seeds, 1)
    return mean, _error(mean, (d**2).sum(axis=1), seeds)


def ratio(mean: FloatArray, error: FloatArray) -> FloatArray:
    """|mean / error|, infinite without an error and 0 for 0 / 0."""
    size = np.abs(mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = size / error
    return np.where(error > 0.0, t, np.where(size > 0.0, inf, 0.0))


def _error(mean: FloatArray, squares: FloatArray, seeds: IntArray) -> FloatArray:
    variance = (squares - seeds * mean**2) / np.maximum(seeds - 1, 1)
    rounding = 1e-13 * squares  # all that is left of equal differences
    return np.asarray(np.sqrt(np.where(variance > rounding, variance, 0.0) / np.maximum(seeds, 1)))


def _signs(n: int, rng: np.random.Generator) -> FloatArray:
    """Sign vectors [F, n] up to their mirrors, which have the same |t|."""
    if n > EXACT_UP_TO:
        drawn = rng.choice([-1.0, 1.0], size=(DRAWS, n))
        drawn[0] = 1.0
        return drawn
    places = np.arange(2 ** (n - 1))[:, None] >> np.arange(n)
    return np.asarray(1.0 - 2.0 * (places & 1))
