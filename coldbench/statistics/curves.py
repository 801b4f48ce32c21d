"""Learning curves over seeds."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coldbench.statistics.arrays import FloatArray
from coldbench.statistics.interval import Interval, unavailable
from coldbench.statistics.mean import mean_interval

__all__ = ["LearningCurve", "learning_curve"]


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """`bands[e]`: mean over the runs that reached epoch e, with limits.

    `change`: each run's last value minus its value `window` epochs earlier, mean and limits;
    `still_improving`: the limits of the change lie below 0; None when there are none.
    """

    bands: tuple[Interval, ...]
    change: Interval
    still_improving: bool | None
    window: int
    n: int
    reason: str | None = None


def _lengths(v: FloatArray) -> npt.NDArray[np.int64]:
    """Epochs each run reached; raises unless NaN only follows a run's end."""
    missing = np.isnan(v)
    lengths = np.asarray((~missing).sum(axis=1), dtype=np.int64)
    ended = np.arange(v.shape[1]) >= lengths[:, None]
    if (missing != ended).any() or np.isinf(v).any() or not lengths.all():
        raise ValueError("v needs finite values, with NaN only after the end of a run")
    return lengths


def learning_curve(v: npt.ArrayLike, *, window: int = 5, level: float = 0.95) -> LearningCurve:
    """Mean and t band over seeds at every epoch of validation values `v` [R, E], lower is better.

    A run that stopped early is padded with NaN: it leaves the later bands, which then describe the
    runs that went on. Runs no longer than `window` epochs do not enter `change`. Unit: the seed.
    Assumes about normal values; bands hold for one epoch at a time, not for the whole curve.
    Raises ValueError on another shape, other holes, an epoch nobody reached, or window < 1.
    """
    curves = np.asarray(v, dtype=np.float64)
    if curves.ndim != 2 or curves.size == 0:
        raise ValueError(f"v needs shape [R, E], got {curves.shape}")
    if window < 1:
        raise ValueError(f"window must be at least 1 epoch, got {window}")
    lengths = _lengths(curves)
    if lengths.max() < curves.shape[1]:
        raise ValueError(f"no run reached epoch {curves.shape[1] - 1}: drop the empty columns")
    bands = tuple(mean_interval(c[~np.isnan(c)], level=level) for c in curves.T)
    long = np.flatnonzero(lengths > window)
    last = lengths[long] - 1
    steps = curves[long, last] - curves[long, last - window]
    if steps.size:
        change = mean_interval(steps, level=level)
    else:
        change = unavailable(0, f"n/a: no run longer than {window} epochs")
    improving = None if change.high is None else change.high < 0.0
    return LearningCurve(bands, change, improving, window, lengths.size, change.reason)
