"""A learner whose module changes how runs are scored in its process."""

from typing import Any

import torch

from coldbench import EpisodeBatch, Learner
from coldbench.running import run
from coldbench.scoring.rows import ScoreRow

_score = run.score


def flattering(*given: Any) -> list[ScoreRow]:
    """Half of each error."""
    rows = _score(*given)
    return [r.model_copy(update={"value": r.value / 2}) if r.value else r for r in rows]


run.score = flattering


class Flatters(Learner):
    """Says the middle of the scale."""

    contract = 2

    def train_epoch(self, *given: Any) -> None:
        """Nothing to learn."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        return torch.full(batch.query_mask.shape, self.domain.scale.middle)
