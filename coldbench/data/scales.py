"""The rating scale when nobody gives one: lowest, highest, and the step that all levels share.

The step is the greatest common divisor of the differences between levels, up to the rounding of
decimals. With more than MOST_LEVELS steps a scale is continuous: its step is 0.
"""

from collections.abc import Iterator

import numpy as np

from coldbench.data.findings import Findings, counted
from coldbench.data.ratings import Array, Scale

__all__ = ["MOST_LEVELS", "infer_scale", "merged", "on_steps", "step_of"]

MOST_LEVELS = 100
ALIKE = 1e-6  # of the scale's width: 3.3333333 and 3.3333334 are one level
OFF = 1e-4  # of a step: what rounding of decimals explains
BELOW, ABOVE = (-1, -2, -9, -99, -999, -9999), (99, 999, 9999)
FAR = 20  # 99 stands apart from a scale that ends here, or earlier
RARE = 0.01  # share of ratings below which a lowest 0 is taken for a rating


def infer_scale(raw: Array, findings: Findings) -> Scale:
    """The scale of finite ratings; warns that it was inferred, and of values like "not rated"."""
    values, counts = np.unique(raw, return_counts=True)
    levels = merged(values)
    scale = Scale(float(values[0]), float(values[-1]), step_of(levels))
    given = findings.option("scale", "low,high,step")
    findings.warn([f"{_inferred(scale, levels)}; if it is another, give it: {given}"])
    findings.warn(_not_rated(values, counts / len(raw), findings))
    return scale


def on_steps(raw: Array, scale: Scale) -> Array:
    """Whether each rating is `low` plus a whole number of steps; all are where there is no step."""
    if scale.step == 0:
        return np.ones(len(raw), dtype=bool)
    steps = (raw - scale.low) / scale.step
    near: Array = np.abs(steps - np.rint(steps)) <= OFF
    return near


def _inferred(scale: Scale, levels: Array) -> str:
    low, high, step = scale
    if not step:
        kinds = f"{counted(len(levels), 'level')} occur"
        return f"the scale {low:g}..{high:g} was inferred: {kinds}, so it is continuous (step 0)"
    possible = round((high - low) / step) + 1
    few = f" ({len(levels)} of its {possible} levels occur)" if len(levels) < possible else ""
    return f"the scale {low:g}..{high:g} by {step:.7g} was inferred from the ratings{few}"


def merged(levels: Array) -> Array:
    """Sorted levels without those that differ from the one before by the rounding of decimals."""
    alike = ALIKE * (levels[-1] - levels[0])
    kept: Array = levels[np.diff(levels, prepend=-np.inf) > alike]
    return kept


def step_of(levels: Array) -> float:
    """The step that sorted, distinct levels share; 0 when there is none."""
    if len(levels) == 1:
        return 1.0
    if len(levels) > MOST_LEVELS:
        return 0.0
    width, least = levels[-1] - levels[0], np.diff(levels).min()
    for part in range(1, MOST_LEVELS):
        count = round(part * width / least)
        if count >= MOST_LEVELS:
            break
        places = (levels - levels[0]) / (width / count)
        if (np.abs(places - np.rint(places)) <= OFF).all():
            return float(f"{width / count:.9g}")
    return 0.0


def _not_rated(values: Array, share: Array, findings: Findings) -> Iterator[str]:
    suspects = [float(values[place]) for place in _suspects(values, share)]
    for value in suspects:
        part = share[values == value][0]
        drop = findings.option("missing", ",".join(f"{one:g}" for one in suspects))
        yield (
            f'{100 * part:.2g} % of the ratings are {value:g}: does that say "not rated"? If so, '
            f"drop them: {drop}"
        )


def _suspects(values: Array, share: Array) -> list[int]:
    """Places of a lowest -1 or -99, of 0 where all others are above it, and of a 99 above the
    rest."""
    places, first = [], 0
    if len(values) > 2 and values[0] in BELOW and values[1] >= 0 and values[-1] > 1:
        places, first = [0], 1
    rest = len(values) - first
    if rest > 2 and values[first] == 0 and values[-1] > 1 and share[first] >= RARE:
        places.append(first)
    if len(values) > 2 and values[-1] in ABOVE and values[-2] <= FAR:
        places.append(len(values) - 1)
    return places
