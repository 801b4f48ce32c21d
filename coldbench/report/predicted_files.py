"""The CSV files of what the report says from predictions, in full precision."""

from coldbench.report.study import ReportData
from coldbench.report.topics.users import Crossed, Nested, by_users, disagreements
from coldbench.statistics import Interval
from coldbench.text import to_csv

__all__ = ["predicted_files"]

DISAGREEMENT_COLUMNS = (
    "scenario",
    "learner",
    "n_seeds",
    "ratings_of_a_pair",
    "difference",
    "difference_low",
    "difference_high",
    "churn",
    "churn_low",
    "churn_high",
)
USER_COLUMNS = (
    "scenario",
    "learner",
    "n_seeds",
    "users_a_seed",
    "mean",
    "ci_low",
    "ci_high",
    "sd_user",
    "sd_run",
    "sd_by_users",
    "sd_left_over",
    "share_of_users",
)
CROSSED_COLUMNS = (
    "scenario",
    "learner",
    "n_runs",
    "n_users",
    "mean",
    "other_seeds_low",
    "other_seeds_high",
    "other_users_low",
    "other_users_high",
    "both_low",
    "both_high",
)


def predicted_files(data: ReportData) -> dict[str, str]:
    """Nothing where neither predictions nor their digest are at hand."""
    digest, _ = data.digest
    if digest is None:
        return {}
    found = by_users(digest)
    nested = [(s, n, one) for (n, s), one in found.items() if isinstance(one, Nested)]
    crossed = [(s, n, one) for (n, s), one in found.items() if isinstance(one, Crossed)]
    files = {}
    if nested:
        files["users.csv"] = to_csv(
            USER_COLUMNS,
            [
                (s, n, one.variance.n, one.users, *_three(one.variance.mean), one.single, one.run,
                 one.chance, one.rest, one.part)
                for s, n, one in nested
            ],
        )  # fmt: skip
    if crossed:
        files["crossed-users.csv"] = to_csv(
            CROSSED_COLUMNS,
            [
                (s, n, one.variance.n, one.variance.n_users, one.variance.both.value,
                 *_limits(one.variance.other_seeds), *_limits(one.variance.other_users),
                 *_limits(one.variance.both))
                for s, n, one in crossed
            ],
        )  # fmt: skip
    files["disagreement.csv"] = to_csv(
        DISAGREEMENT_COLUMNS,
        [
            (s, n, one.n, one.n_ratings, *_three(one.difference), *_three(one.churn))
            for (n, s), one in disagreements(digest).items()
        ],
    )
    return files


def _three(value: Interval) -> tuple[float | None, float | None, float | None]:
    return value.value, value.low, value.high


def _limits(value: Interval) -> tuple[float | None, float | None]:
    return value.low, value.high
