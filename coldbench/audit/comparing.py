"""How far predictions of the same ratings moved."""

from dataclasses import dataclass

import numpy as np

from coldbench.data import Array, Scale
from coldbench.learning import Predictions

__all__ = ["TOLERANCE", "Moved", "among", "moved"]

TOLERANCE = 1e-4
"""Of the width of the scale, for batches of other shapes, whose sums round differently."""


@dataclass(frozen=True)
class Moved:
    """n: predictions compared; count: of them moved by more than is allowed; most: how far."""

    n: int
    count: int
    most: float

    def __str__(self) -> str:
        return f"{self.count:,} of {self.n:,} predictions move, by up to {self.most:.2g}"


def moved(whole: Predictions, part: Predictions, scale: Scale, exact: bool = True) -> Moved:
    """How predictions differ from those of the same rows and shots in `whole`, which has them all.

    exact: any other bit counts, else more than TOLERANCE of the scale. Predictions that `whole`
    does not have count as moved by infinity.
    """
    known = _keys(whole)
    order = np.argsort(known)
    asked = _keys(part)
    place = order[np.minimum(np.searchsorted(known[order], asked), max(len(known) - 1, 0))]
    there = known[place] == asked
    difference = np.abs(whole.score[place].astype(np.float64) - part.score)
    difference[~there] = np.inf
    wrong = difference > (0.0 if exact else TOLERANCE * (scale.high - scale.low))
    most = float(difference.max(initial=0.0))
    return Moved(len(asked), int(wrong.sum()), most)


def among(predictions: Predictions, rows: Array) -> Predictions:
    """Those of the given rows of the data."""
    there = np.isin(predictions.row, rows)
    return Predictions(**{name: array[there] for name, array in vars(predictions).items()})


def _keys(predictions: Predictions) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """One number for each row at each number of shots."""
    return predictions.row * np.int64(2**24) + predictions.shots
