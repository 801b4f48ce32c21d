"""old-dataset: ratings from a CSV file with the columns user, item, rating (and timestamp).

Without `path` it draws a small sample, so that everything can be tried; replace that by your data.
"""

from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
from coldbench.datasets import Dataset, Options, from_frames
from coldbench.datasets.dataset import content_key
from coldbench.ratings import Ratings

from coldbench.errors import DataError


class OldDataset(Dataset):
    """Ratings from a CSV file."""

    class Config(Options):
        """path: the CSV file; None: a sample."""

        path: Path | None = None

    summary: ClassVar[str] = "ratings from a CSV file"
    licence: ClassVar[str] = "say what the data may be used for"
    source: ClassVar[str] = "say where the data come from"
    contract: ClassVar[int] = 1

    def key(self) -> str:
        return content_key("old-dataset 1", {}, {"ratings.csv": self._bytes()})

    def load(self) -> Ratings:
        frame = sample() if self.config.path is None else pd.read_csv(self.config.path)
        return from_frames(frame, name="old-dataset", scale=(1, 5, 1), licence=self.licence)

    def _bytes(self) -> bytes:
        try:
            return b"" if self.config.path is None else self.config.path.read_bytes()
        except OSError as error:
            raise DataError(f"cannot read {self.config.path}: {error.strerror}") from None


def sample() -> pd.DataFrame:
    """200 users, 100 items, 40 ratings a user."""
    rng = np.random.default_rng(0)
    user = np.repeat(np.arange(200), 40)
    item = np.concatenate([rng.permutation(100)[:40] for _ in range(200)])
    taste = rng.normal(0, 0.6, 200)[user] + rng.normal(0, 0.6, 100)[item]
    rating = np.clip(np.rint(3.5 + taste + rng.normal(0, 0.8, len(user))), 1, 5)
    return pd.DataFrame({"user": user, "item": item, "rating": rating})
