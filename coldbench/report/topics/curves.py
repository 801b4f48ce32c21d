"""Learning curves over seeds: validation error by epoch of the search for the number of epochs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coldbench.statistics import LearningCurve, learning_curve

__all__ = ["Curve", "curves_of"]

PREFIX = "validation_"


@dataclass(frozen=True, eq=False)
class Curve:
    """One learner's `name` (`validation_mae`, `validation_W-W`, ...) over epochs 1, 2, ..."""

    learner: str
    name: str
    curve: LearningCurve


def curves_of(table: pd.DataFrame, learners: Sequence[str]) -> tuple[Curve, ...]:
    """From `results.curves`; a learner of one epoch, or with an unusable curve, has none."""
    found = []
    wanted = table[table["name"].str.startswith(PREFIX)] if len(table) else table
    for name in dict.fromkeys(wanted["name"]):
        for learner in learners:
            here = wanted[(wanted["name"] == name) & (wanted["learner"] == learner)]
            values = _matrix(here)
            if values is not None:
                found.append(Curve(learner, str(name), learning_curve(values)))
    return tuple(found)


def _matrix(here: pd.DataFrame) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]] | None":
    """Validation values [R, E], NaN after a run's end; a run stops at its first odd value."""
    once = here.drop_duplicates(["seed", "epoch"])
    runs = once.pivot(index="seed", columns="epoch", values="value").reindex(once["seed"].unique())
    values = runs.to_numpy(np.float64, copy=True)
    values[np.logical_or.accumulate(~np.isfinite(values), axis=1)] = np.nan
    known = np.isfinite(values)
    values = values[known.any(axis=1)][:, known.any(axis=0)]
    return values if values.size and values.shape[1] > 1 else None
