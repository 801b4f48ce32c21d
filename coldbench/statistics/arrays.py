"""Checked inputs (stated shape, finite, float64) and moments that are exact for equal runs."""

from math import copysign, inf
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = [
    "BoolArray",
    "FloatArray",
    "IntArray",
    "differences",
    "finite",
    "mean_sd",
    "mean_sd_of_rows",
    "paired_rows",
    "paired_runs",
    "row_differences",
    "studentised",
]

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
    return np.asarray(row_differences(first[None], second[None])[0])


def paired_rows(a: npt.ArrayLike, b: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """As `paired_runs`, of many pairs of learners: `a`, `b` [P, R]."""
    first, second = finite(a, "PR", "a"), finite(b, "PR", "b")
    if first.shape != second.shape:
        raise ValueError(f"a and b need the same seeds, got {first.shape} and {second.shape}")
    return first, second


def row_differences(a: FloatArray, b: FloatArray) -> FloatArray:
    """`differences` of each row of `a`, `b` [P, R]."""
    d = a - b
    largest = np.maximum(np.abs(a).max(axis=1), np.abs(b).max(axis=1))
    equal = np.ptp(d, axis=1) <= 4 * np.finfo(np.float64).eps * largest
    d[equal] = np.median(d[equal], axis=1, keepdims=True)
    return d


def studentised(difference: float, error: float) -> float:
    """`difference / error`, infinite when there is no error and 0 for 0 / 0."""
    if error == 0.0:
        return 0.0 if difference == 0.0 else copysign(inf, difference)
    return difference / error


def mean_sd(x: FloatArray) -> tuple[float, float]:
    """Mean and sd (R - 1) of `x` [R]; the sd of equal values is exactly 0. One value has sd 0."""
    mean, sd = mean_sd_of_rows(x[None])
    return float(mean[0]), float(sd[0])


def mean_sd_of_rows(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """`mean_sd` of each row of `x` [P, R]."""
    base = x.min(axis=1, keepdims=True)
    shifted = x - base
    sd = shifted.std(axis=1, ddof=1) if x.shape[1] > 1 else np.zeros(len(x))
    return base[:, 0] + shifted.mean(axis=1), sd
