"""The score of a configuration: mean validation MAE over scenarios, seed by seed."""

import io
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from coldbench.data import Ratings
from coldbench.errors import Declined, Diverged, UsageError
from coldbench.learning import search
from coldbench.running import Job, SplitKey, confined, permitted, prepare
from coldbench.tasks import Split
from coldbench.tune.blind import blind

__all__ = ["Measured", "measure"]


@dataclass
class Measured:
    """maes, epochs: one entry for each seed that was run; reason: why the others were not; trained:
    epochs of each run, that of a failure too; most: as `history.Trial`."""

    status: str = "finished"
    reason: str = ""
    maes: list[float] = field(default_factory=list)
    epochs: list[int] = field(default_factory=list)
    trained: list[int] = field(default_factory=list)
    most: int = 0
    seconds: float = 0.0


def measure(
    jobs: Sequence[Job],
    options: Mapping[str, Any],
    hopeless: Callable[[float], bool] = lambda mae: False,
    share: float = 1.0,
) -> Measured:
    """Train and validate a learner, with the given options, at the seed of each of its jobs.

    Scored by the MAE of the epoch that early stopping chooses, whatever it goes by.
    Never raises because of a configuration. `hopeless` judges the MAE of the first seed: if True,
    the other seeds are skipped (status `pruned`). share: of the epochs, in shorter runs.
    """
    measured, start = Measured(), time.perf_counter()
    for place, job in enumerate(jobs):
        try:
            with confined(job.seeds, io.StringIO()):
                mae, epochs = _validated(job, options, share, measured)
        except Diverged as error:
            measured.status, measured.reason = "diverged", str(error)
        except Declined as error:
            measured.status, measured.reason = "declined", str(error)
        except (Exception, SystemExit) as error:
            measured.status, measured.reason = "failed", f"{type(error).__name__}: {error}"[:300]
        if measured.reason:
            break
        measured.maes.append(mae)
        measured.epochs.append(epochs)
        if place == 0 and len(jobs) > 1 and hopeless(mae):
            measured.status = "pruned"
            break
    measured.seconds = time.perf_counter() - start
    return measured


def _validated(
    job: Job, options: Mapping[str, Any], share: float, measured: Measured
) -> tuple[float, int]:
    job = job.model_copy(update={"config": {**job.config, **options}})
    prepared = prepare(job, blinded)
    variant, config = prepared.variant, prepared.config.shortened(share)
    measured.most = config.epochs if config.chooses_epochs else 0
    measured.trained.append(0)

    def count(record: object) -> None:
        measured.trained[-1] += 1

    how = job.seeds, job.device, prepared.criterion, count
    best, curve = search(variant, config, prepared.ratings, prepared.split, *how)
    if best.epochs < 1:
        raise Diverged("no epoch with a finite validation MAE")
    return float(curve[best.epochs - 1]["validation_mae"]), best.epochs


@lru_cache(maxsize=8)
def blinded(key: SplitKey) -> tuple[Ratings, Split]:
    """What tuning may see of the data: neither test tasks nor their ratings."""
    ratings, split = blind(*permitted(key))
    if not len(split.validation):
        raise UsageError(
            f"protocol {key.protocol!r} has no validation tasks on these data: nothing to tune "
            "on; use a larger data set or raise protocol.validation"
        )
    return ratings, split
