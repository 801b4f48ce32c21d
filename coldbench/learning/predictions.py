"""The scores of one run, one for each query row."""

from dataclasses import dataclass

import numpy as np

from coldbench.data import Array

__all__ = ["Predictions"]


@dataclass(frozen=True, eq=False)
class Predictions:
    """One entry for each query: row int64 (of Ratings), score float32 (raw, not clipped),
    scenario int8 (index into SCENARIOS), shots int32 (support ratings allowed; -1 = all)."""

    row: Array
    score: Array
    scenario: Array
    shots: Array

    @classmethod
    def join(cls, parts: list["Predictions"]) -> "Predictions":
        """Several sets end to end."""
        names = ("row", "score", "scenario", "shots")
        return cls(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))
