"""Holm's correction within a family of comparisons declared beforehand."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray

__all__ = ["Holm", "holm_adjust"]


@dataclass(frozen=True, slots=True)
class Holm:
    """`raw` and `adjusted` p in the order given; `n` is the size of the declared family."""

    raw: tuple[float, ...]
    adjusted: tuple[float, ...]
    n: int


def holm_adjust(p: npt.ArrayLike, *, family: int | None = None) -> Holm:
    """Adjusted p: running maximum over sorted p of (m - i) p[i], i = 0.., at most 1.

    `p` [K], learner pairs x scenarios; `family` m >= K keeps the declared size when some
    comparisons could not be made. Needs no independence. Raises ValueError on p outside [0, 1] or
    m < K. Source: Holm 1979; Demsar 2006, Dror et al. 2017.
    """
    raw: FloatArray = np.asarray(p, dtype=np.float64)
    if raw.ndim != 1 or not ((raw >= 0.0) & (raw <= 1.0)).all():
        raise ValueError(f"p needs shape [K] and values in [0, 1], got {raw}")
    size = raw.size if family is None else family
    if size < raw.size:
        raise ValueError(f"family of {size} is smaller than the {raw.size} comparisons made")
    order = np.argsort(raw, kind="stable")
    adjusted = np.empty_like(raw)
    adjusted[order] = np.maximum.accumulate((size - np.arange(raw.size)) * raw[order])
    return Holm(tuple(raw.tolist()), tuple(np.minimum(adjusted, 1.0).tolist()), size)
