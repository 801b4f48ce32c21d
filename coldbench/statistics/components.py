"""From mean squares to variance components with intervals, and their shares of the total."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from coldbench.statistics.arrays import FloatArray
from coldbench.statistics.distributions import (
    chi2_quantile,
    chi2_quantiles,
    f_quantile,
    f_upper,
    root,
)
from coldbench.statistics.interval import Interval, unavailable

__all__ = ["POINTS", "Component", "Term", "components"]

POINTS = 8_192


@dataclass(frozen=True, slots=True)
class Term:
    """A line of an ANOVA table: s2 = (square - square of line `below`) / runs.

    `below` None marks the error line, whose s2 is its square.
    """

    name: str
    square: float
    df: int
    runs: int
    below: int | None


@dataclass(frozen=True, slots=True)
class Component:
    """Variance of one source: `value` with limits, all cut at 0, and `raw` as estimated.

    `share` of the total with limits; `p` of the F test that the source adds nothing (None for
    error); `square` on `df` degrees of freedom; `n` runs in the study.
    """

    name: str
    value: float
    low: float
    high: float
    raw: float
    share: Interval
    p: float | None
    square: float
    df: int
    n: int


def _limits(term: Term, below: Term | None, level: float) -> tuple[float, float]:
    """Williams-Tukey limits of a component; the exact chi-square limits of error."""
    tail = (1.0 - level) / 2.0
    upper, lower = chi2_quantile(1.0 - tail, term.df), chi2_quantile(tail, term.df)
    if below is None:
        return term.df * term.square / upper, term.df * term.square / lower
    f_low, f_high = (f_quantile(p, term.df, below.df) for p in (tail, 1.0 - tail))
    low = term.df * (term.square - f_high * below.square) / (term.runs * upper)
    high = term.df * (term.square - f_low * below.square) / (term.runs * lower)
    return max(low, 0.0), max(high, 0.0)


def _p(term: Term, below: Term) -> float:
    if below.square == 0.0:
        return 1.0 if term.square == 0.0 else 0.0
    return f_upper(term.square / below.square, term.df, below.df)


@lru_cache
def _pivots(dfs: tuple[int, ...]) -> FloatArray:
    """chi2 / df [len(dfs), POINTS] on evenly spread points (a Kronecker lattice), no generator."""
    size = len(dfs)
    golden = root(lambda x: x ** (size + 1) - x - 1.0, 1.0, 2.0)
    step = golden ** -np.arange(1.0, size + 1.0)
    points = (0.5 + step[:, None] * np.arange(1.0, POINTS + 1.0)) % 1.0
    return np.stack([chi2_quantiles(p, df) / df for p, df in zip(points, dfs, strict=True)])


def _cut(terms: Sequence[Term], squares: FloatArray) -> FloatArray:
    """Components [terms, ...] of mean squares [terms, ...], negative ones cut at 0."""
    rows = [
        squares[i] if t.below is None else (squares[i] - squares[t.below]) / t.runs
        for i, t in enumerate(terms)
    ]
    return np.asarray(np.maximum(np.stack(rows), 0.0), dtype=np.float64)


def _shares(terms: Sequence[Term], n: int, level: float) -> list[Interval]:
    """Shares of the total; limits from the generalised pivots square / (chi2 / df)."""
    squares = np.array([t.square for t in terms])
    value = _cut(terms, squares)
    if value.sum() == 0.0:
        return [unavailable(n, "n/a: the runs do not vary") for _ in terms]
    value = value / value.sum()
    draws = _cut(terms, squares[:, None] / _pivots(tuple(t.df for t in terms)))
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(draws / draws.sum(axis=0), [tail, 1.0 - tail], axis=1)
    low, high = np.minimum(low, value), np.maximum(high, value)
    rows = zip(value, low, high, strict=True)
    return [Interval(float(v), float(a), float(b), n) for v, a, b in rows]


def components(terms: Sequence[Term], n: int, level: float) -> tuple[Component, ...]:
    """One component per line of the ANOVA table of `n` runs.

    Assumes normal effects: square / E[square] is chi2 / df, lines independent. Source: Williams
    1962 and Tukey 1951 (component); Weerahandi 1993, generalised intervals (share).
    """
    result = []
    for term, share in zip(terms, _shares(terms, n, level), strict=True):
        below = None if term.below is None else terms[term.below]
        raw = (term.square - (below.square if below else 0.0)) / term.runs
        low, high = _limits(term, below, level)
        p = _p(term, below) if below else None
        value = max(raw, 0.0)
        result.append(
            Component(term.name, value, low, high, raw, share, p, term.square, term.df, n)
        )
    return tuple(result)
