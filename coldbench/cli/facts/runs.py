"""A study after a run."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from coldbench.errors import StoreError
from coldbench.running import RunRecord

if TYPE_CHECKING:
    from coldbench.study import Study

__all__ = ["counts", "has_failed", "outcome", "yardstick_line"]

BAD = ("failed", "diverged")


def counts(statuses: Sequence[str], jobs: int) -> dict[str, int]:
    """How many runs are planned, finished, declined, failed (or diverged) and missing."""
    return {
        "planned": jobs,
        "finished": statuses.count("finished"),
        "declined": statuses.count("declined"),
        "failed": sum(statuses.count(status) for status in BAD),
        "missing": max(jobs - len(statuses), 0),
    }


def has_failed(records: Sequence[RunRecord]) -> bool:
    """Whether a run failed or diverged; declining is not failing."""
    return any(record.status in BAD for record in records)


def outcome(study: "Study") -> dict[str, Any]:
    """The summary of a study, and the runs that did not finish."""
    from coldbench.report.summary import summary_of
    from coldbench.study import runs

    records = list(study.records())
    statuses = [record.status for record in records]
    summary = summary_of(runs(study, records))
    return {
        "study": study.path,
        "runs": counts(statuses, len(study.manifest.jobs)),
        "summary": summary.to_dict("records"),
        "yardsticks": list(study.manifest.yardsticks),
        "beaten": yardstick_line(study) if records else "",
        "unfinished": [
            {
                "learner": record.job.learner,
                "seed": record.job.seeds.label,
                "status": record.status,
                "reason": record.reason,
                "place": str(record.place or ""),
                "traceback": study.trace(record),
            }
            for record in records
            if record.status != "finished"
        ],
    }


def yardstick_line(study: "Study") -> str:
    """What beats the yardsticks and what does not, or why no report can say it."""
    from coldbench.report import build
    from coldbench.report.topics.yardsticks import Yardsticks

    try:
        return build(study).of(Yardsticks).line()
    except StoreError as error:
        return f"No report of this study: {error}"
