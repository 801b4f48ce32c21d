"""One seed of a learner: accuracy in each scenario, and its predictions for comparison."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from coldbench.data import open_dataset
from coldbench.learning import fit, load_variant, predict
from coldbench.rng import Seeds
from coldbench.scoring import installed, score
from coldbench.tasks import Separate

__all__ = ["difference", "one_run", "predictions_of"]

FREE = "torch.use_deterministic_algorithms"


def one_run(
    dataset: str, name: str, device: str, rounding: int, folder: str, options: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Seed 0 at the learner's defaults; where the GPU has no repeatable algorithm, by others."""
    try:
        yield _run(dataset, name, device, rounding, folder, options)
    except RuntimeError as error:
        if "deterministic" not in str(error):
            raise
        with patch(FREE):
            result = _run(dataset, name, device, rounding, folder, options)
        yield {**result, "not_repeatable": str(error)[:500]}


def _run(
    dataset: str, name: str, device: str, rounding: int, folder: str, options: Mapping[str, Any]
) -> dict[str, Any]:
    ratings, seeds = open_dataset(dataset), Seeds.joint(0)._replace(rounding=rounding)
    split, variant = Separate().split(ratings, seeds), load_variant(name)
    start = time.perf_counter()
    fitted = fit(variant, variant.configure(options), ratings, split, seeds, device=device)
    middle = time.perf_counter()
    predictions = predict(fitted.learner, split.test, ratings)
    end = time.perf_counter()
    np.save(predictions_of(folder, name, device, rounding), predictions.score)
    rows = score(predictions, ratings, {"mae": installed()["mae"]})
    return {
        "mae": {row.scenario: row.value for row in rows},
        "epochs": fitted.epochs,
        "fit_seconds": middle - start,
        "predict_seconds": end - middle,
    }


def predictions_of(folder: str, name: str, device: str, rounding: int) -> Path:
    """Where a run leaves its predictions."""
    return Path(folder) / f"{name}-{device.replace(':', '-')}-{rounding}.npy"


def difference(one: Path, other: Path) -> float | None:
    """The mean absolute difference of two runs' predictions; None where a run is missing."""
    if not (one.exists() and other.exists()):
        return None
    return float(np.abs(np.load(one) - np.load(other)).mean())
