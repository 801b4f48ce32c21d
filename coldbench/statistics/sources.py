"""Variance of a metric by source of randomness."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray, IntArray, finite
from coldbench.statistics.components import Component, Term, components
from coldbench.statistics.design import SOURCES, oa25

__all__ = ["SourceVariance", "pair_variance", "source_variance"]


@dataclass(frozen=True, slots=True)
class SourceVariance:
    """`components` by source, error last; `total` is the sum of their values over `n` runs."""

    components: tuple[Component, ...]
    total: float
    n: int

    def __getitem__(self, name: str) -> Component:
        """The component called `name`; KeyError when there is none."""
        for component in self.components:
            if component.name == name:
                return component
        raise KeyError(f"no source {name!r}, known are {[c.name for c in self.components]}")


def _summary(terms: Sequence[Term], n: int, level: float) -> SourceVariance:
    parts = components(terms, n, level)
    return SourceVariance(parts, sum(c.value for c in parts), n)


def _effects(y: FloatArray, levels: IntArray) -> FloatArray:
    """Effect of each run's level, [factors, 25]."""
    return np.stack([(np.bincount(f, y) / np.bincount(f))[f] - y.mean() for f in levels.T])


def source_variance(y: npt.ArrayLike, factors: int = 5, *, level: float = 0.95) -> SourceVariance:
    """Components of the first `factors` sources and error from 25 runs `y` [25] in `oa25` order.

    s2_f = (MS_f - MS_E) / 5, tested by F(4, 4) with five factors and F(4, 8) with four,
    Williams-Tukey limits; a negative estimate is shown as 0 with the raw number. Unit: the run.
    Assumes normal random effects that add up: what two sources do only together lands in error and
    in the other sources; cross the pair to see it.
    Raises ValueError unless `y` holds 25 finite numbers.
    Source: Rao 1947 (design); Bouthillier et al. 2021 (sources of variance).
    """
    runs = finite(y, "R", "y")
    if runs.size != 25:
        raise ValueError(f"y needs the 25 runs of oa25(), got {runs.size}")
    centred = runs - runs.min()
    centred -= centred.mean()
    effects = _effects(centred, oa25(factors))
    error = centred - effects.sum(axis=0)
    squares = (effects**2).sum(axis=1) / 4.0
    names, free = SOURCES[:factors], 24 - 4 * factors
    terms = [Term(f, float(s), 4, 5, factors) for f, s in zip(names, squares, strict=True)]
    square = float((error**2).sum()) / free
    return _summary([*terms, Term("error", square, free, 1, None)], 25, level)


def pair_variance(
    y: npt.ArrayLike, names: tuple[str, str] = ("init", "split"), *, level: float = 0.95
) -> SourceVariance:
    """Components of two fully crossed sources from `y` [A, B] or, with replicates, [A, B, n].

    With replicates: s2_A = (MS_A - MS_AB) / (B n), s2_AB = (MS_AB - MS_E) / n, error. Without, the
    interaction cannot be separated from error: one line "error" holds both. Negatives are shown
    as 0 with the raw number. Unit: the run. Assumes normal random effects.
    Raises ValueError on other shapes, fewer than 2 levels, or non-finite values.
    Source: Searle, Casella & McCulloch 1992, chapter 4.
    """
    table = np.asarray(y, dtype=np.float64)
    table = finite(table[:, :, None] if table.ndim == 2 else table, "ABn", "y")
    a, b, n = table.shape
    if min(a, b) < 2:
        raise ValueError(f"y needs at least 2 levels of {names[0]} and {names[1]}, got {a} x {b}")
    table = table - table.min()
    cells = table.mean(axis=2)
    row = cells.mean(axis=1, keepdims=True) - cells.mean()
    column = cells.mean(axis=0, keepdims=True) - cells.mean()
    both = cells - cells.mean() - row - column
    free = (a - 1) * (b - 1)
    terms = [
        Term(names[0], b * n * float((row**2).sum()) / (a - 1), a - 1, b * n, 2),
        Term(names[1], a * n * float((column**2).sum()) / (b - 1), b - 1, a * n, 2),
    ]
    joint = n * float((both**2).sum()) / free
    if n == 1:
        return _summary([*terms, Term("error", joint, free, 1, None)], table.size, level)
    rest = float(((table - cells[:, :, None]) ** 2).sum()) / (a * b * (n - 1))
    terms.append(Term(f"{names[0]} x {names[1]}", joint, free, n, 3))
    terms.append(Term("error", rest, a * b * (n - 1), 1, None))
    return _summary(terms, table.size, level)
