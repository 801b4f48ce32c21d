"""Users who return at other seeds: how far the means of two seeds agree because of them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import finite

__all__ = ["returning_covariance"]


def returning_covariance(errors: Sequence[npt.ArrayLike], users: Sequence[npt.ArrayLike]) -> float:
    """Mean over pairs of seeds of sum over users of both of (e - mean e)(e' - mean e') / (n n').

    `errors`: R arrays, one per seed, of its users' errors [n]; `users`: who they are [n]. Where n
    of N users are drawn without replacement, a mean varies by s2_U / n - s2_U / N instead of
    s2_U / n, and this estimates s2_U / N; users whose error at another seed is unrelated add
    nothing. R = 1 gives 0. Raises ValueError on an empty or non-finite array.
    Source: Cochran 1977, chapter 2, on finite populations.
    """
    groups = [finite(e, "U", f"errors[{s}]") for s, e in enumerate(errors)]
    if len(groups) == 1:
        return 0.0
    parts = np.concatenate([(g - g.mean()) / g.size for g in groups])
    _, place = np.unique(np.concatenate([np.asarray(u) for u in users]), return_inverse=True)
    both = float((np.bincount(place, parts) ** 2).sum() - (parts**2).sum())
    return both / (len(groups) * (len(groups) - 1))
