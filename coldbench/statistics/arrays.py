"""Checked inputs (stated shape, finite, float64) and moments that are exact for equal runs."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["BoolArray", "FloatArray", "IntArray", "differences", "finite", "mean_sd", "paired_runs"]

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]


def finite(x: npt.ArrayLike, axes: str, name: str = "x") -> FloatArray:
    """`x` as float64 with one axis per letter of `axes`.

    Raises ValueError when the number of axes differs, an axis is empty or a value is not finite.
    """
    array = np.asarray(x, dtype=np.float64)
    if array.ndim != len(axes):
        raise ValueError(f"{name} needs shape [{', '.join(axes)}], got {array.shape}")
    if array.size == 0:
        raise ValueError(
            f"{name} is empty, shape {array.shape}: every axis needs at least one entry"
        )
    if not np.isfinite(array).all():
        bad = int((~np.isfinite(array)).sum())
        raise ValueError(f"{name} holds {bad} non-finite values: list failed runs as failures")
    return array


def paired_runs(a: npt.ArrayLike, b: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Two learners' runs `a`, `b` [R]; run s of both shares split, episodes and seed."""
    first, second = finite(a, "R", "a"), finite(b, "R", "b")
    if first.shape != second.shape:
        raise ValueError(f"a and b need the same seeds, got {first.size} and {second.size}")
    return first, second


def differences(a: npt.ArrayLike, b: npt.ArrayLike) -> FloatArray:
    """Paired differences `a - b` [R] of two learners' runs on the same seeds.

    Differences equal up to the rounding of the subtraction become equal. Raises ValueError on
    empty, non-finite or unequal inputs.
    """
    first, second = paired_runs(a, b)
    d = first - second
    rounding = 4 * np.finfo(np.float64).eps * max(np.abs(first).max(), np.abs(second).max())
    if np.ptp(d) <= rounding:
        return np.full_like(d, np.median(d))
    return d


def mean_sd(x: FloatArray) -> tuple[float, float]:
    """Mean and sd (R - 1) of `x` [R]; the sd of equal values is exactly 0. One value has sd 0."""
    base = x.min()
    shifted = x - base
    sd = float(shifted.std(ddof=1)) if x.size > 1 else 0.0
    return float(base + shifted.mean()), sd
