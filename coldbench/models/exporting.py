"""The stored predictions of a study as one table with the ids of the raw data."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from coldbench.data import Ratings, open_prepared
from coldbench.errors import DataError, StoreError
from coldbench.models.tables import write_frames
from coldbench.running import RunRecord, Source, fetch, fingerprint
from coldbench.study import Study
from coldbench.tasks import SCENARIOS

__all__ = ["export_predictions"]


def export_predictions(
    study: Study,
    out: Path,
    dataset: str = "",
    options: Mapping[str, Any] | None = None,
) -> tuple[int, int]:
    """Write `out`, one line for each prediction of each finished run; returns lines and runs.

    Columns user, item, rating, prediction (clipped to the scale, as it was scored), learner, seed
    (its label), scenario, shots (-1: all support ratings). One run at a time is in memory.
    dataset, options: what to open where the prepared data are not in the cache (default: the name
    in the study). Raises DataError for data with another fingerprint, and where runs have no
    predictions here; StoreError for predictions that were edited.
    """
    finished = [record for record in study.records() if record.status == "finished"]
    kept = [record for record in finished if study.has_predictions(record.job_hash)]
    if len(kept) < len(finished) or not kept:
        raise DataError(
            f"{study.path}: {len(kept)} of {len(finished)} finished runs have their predictions "
            "here; a packed study has none: export it where it was made"
        )
    job = kept[0].job
    try:
        fetch(job.dataset_sha256, Source.of(job, dataset, options))
    except DataError as error:
        raise DataError(
            f"the data of {study.path} are needed for its ids, and are not at hand; name them with "
            f"--dataset NAME-OR-FOLDER ({error})"
        ) from None
    ratings = open_prepared(job.dataset_sha256)
    return write_frames(_tables(study, kept, ratings), out), len(kept)


def _tables(study: Study, records: list[RunRecord], ratings: Ratings) -> Iterator[pa.Table]:
    user_id, item_id = pa.array(ratings.user_id), pa.array(ratings.item_id)
    scenario, (low, high, _) = pa.array(SCENARIOS), ratings.scale
    for record in records:
        made = study.predictions(record.job_hash)
        if made is None or fingerprint(made) != record.predictions_sha256:
            raise StoreError(f"{study.place(record.job_hash)}: the predictions were edited")
        rows = np.asarray(made.row)
        name, seed = record.job.learner, record.job.seeds.label
        yield pa.table(
            {
                "user": user_id.take(pa.array(ratings.user[rows])),
                "item": item_id.take(pa.array(ratings.item[rows])),
                "rating": ratings.value[rows],
                "prediction": made.score.clip(low, high),
                "learner": pa.repeat(name, len(rows)),
                "seed": pa.repeat(seed, len(rows)),
                "scenario": scenario.take(pa.array(made.scenario)),
                "shots": made.shots,
            }
        )
