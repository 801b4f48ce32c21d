"""run_job(Job) -> Outcome: one run, confined. Picklable; the same in every process."""

import gc
import io
import sys
import time
import traceback

from coldbench.data import open_prepared
from coldbench.errors import Declined, Diverged
from coldbench.learning import Predictions, concentration, fit, predict
from coldbench.running.confining import confined
from coldbench.running.origin import provenance
from coldbench.running.places import Place, place_of
from coldbench.running.preparation import prepare
from coldbench.running.reading import seen_through, watched
from coldbench.running.records import Job, Outcome, RunRecord, Status
from coldbench.scoring import installed, score

__all__ = ["failure", "run_job"]

LONGEST_LOG = 4_000  # characters kept of what a learner printed


def run_job(job: Job) -> Outcome:
    """Run one job. Whatever the learner does ends as a record: finished, diverged, failed
    or declined; only KeyboardInterrupt and the death of the process come through."""
    outcome = _attempt(job)
    if outcome.record.status != "finished":
        gc.collect()  # a cycle of its frames may hold what it saw, which is not for the next one
    return outcome


def _attempt(job: Job) -> Outcome:
    log = io.StringIO()
    try:
        with confined(job.seeds, log):
            return _run(job, log)
    except Declined as error:
        return failure(job, "declined", str(error), log=log.getvalue())
    except Diverged as error:
        return failure(job, "diverged", str(error), log=log.getvalue())
    except (Exception, SystemExit) as error:
        reason = f"{type(error).__name__}: {error}"
        place = place_of(error, job.base)
        return failure(job, "failed", reason, traceback.format_exc(), log.getvalue(), place)


def failure(
    job: Job,
    status: Status,
    reason: str,
    trace: str = "",
    log: str = "",
    place: Place | None = None,
) -> Outcome:
    """The outcome of a job that has no predictions."""
    return Outcome(
        RunRecord(
            job_hash=job.hash,
            job=job,
            status=status,
            reason=reason[:2000],
            traceback=trace[-8000:],
            place=place,
            log=log[-LONGEST_LOG:],
            provenance=provenance(job.base),
        )
    )


def _run(job: Job, log: io.StringIO) -> Outcome:
    start = time.perf_counter()
    prepared = prepare(job)
    (ratings, content), split = watched(prepared.ratings), prepared.split
    fit_start = time.perf_counter()
    fitted = fit(
        prepared.variant,
        prepared.config,
        ratings,
        split,
        job.seeds,
        job.refit,
        job.device,
        prepared.criterion,
    )
    predict_start = time.perf_counter()
    tasks, shown = split.test.only(job.scenarios), seen_through(prepared.asked(), content)
    levels = (None, *job.shots)
    predictions = Predictions.join([predict(fitted.learner, tasks, shown, s) for s in levels])
    end = time.perf_counter()
    parameters = fitted.learner.n_parameters()
    read = {"rows_sha256": ratings.rows_sha256, "content_read": sorted(content.seen)}
    # only now, when the learner has no more to do, are the test targets read
    scores = score(predictions, open_prepared(job.dataset_sha256), installed(), job.scenarios)
    record = RunRecord(
        job_hash=job.hash,
        job=job,
        status="finished",
        split_sha256=split.split_sha256,
        episode_sha256=split.episode_sha256,
        epochs=fitted.epochs,
        n_parameters=parameters,
        scores=scores,
        concentration=concentration(predictions.score[predictions.shots < 0], ratings.scale),
        curve=[dict(entry) for entry in fitted.curve],
        seconds={
            "fit": predict_start - fit_start,
            "predict": end - predict_start,
            "total": time.perf_counter() - start,
        },
        peak_bytes=_peak_bytes(),
        log=log.getvalue()[-LONGEST_LOG:],
        provenance={**provenance(job.base), **read},
    )
    return Outcome.of(record, predictions)


def _peak_bytes() -> int:
    """Highest resident memory so far; 0 on systems that do not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
