"""What a study keeps of its data besides their fingerprint: how they were read, and what to doubt.

It says nothing that a run depends on, so no job's hash has it.
"""

import numpy as np
from pydantic import BaseModel, ConfigDict

from coldbench.data import Ratings

__all__ = ["Described"]


class Described(BaseModel):
    """frames: whether the data were handed in (`run_study(..., ratings=...)`); rows_sha256,
    content_sha256, understood, warnings: as in `coldbench.Ratings`; ratings, users, items: how
    many, of the last two those with a rating. Empty in studies of earlier versions."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    frames: bool = False
    rows_sha256: str = ""
    content_sha256: str = ""
    understood: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    ratings: int = 0
    users: int = 0
    items: int = 0

    @classmethod
    def of(cls, ratings: Ratings, frames: bool) -> "Described":
        """That of opened data."""
        return cls(
            frames=frames,
            rows_sha256=ratings.rows_sha256,
            content_sha256=ratings.content_sha256,
            understood=ratings.understood,
            warnings=ratings.warnings,
            ratings=len(ratings),
            users=int(np.count_nonzero(np.bincount(ratings.user))),
            items=int(np.count_nonzero(np.bincount(ratings.item))),
        )
