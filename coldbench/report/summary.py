"""summary.csv: mean, interval and spread over seeds of every learner, scenario and metric."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from coldbench.statistics import mean_interval, spread
from coldbench.study import FULL

__all__ = ["ORACLE", "SUMMARY_COLUMNS", "full_support", "oracle", "summary_of"]

ORACLE = "oracle"  # the learner's name in the rows of the best possible predictions
SUMMARY_COLUMNS = (
    "dataset",
    "protocol",
    "learner",
    "scenario",
    "metric",
    "n_seeds",
    "mean",
    "ci_low",
    "ci_high",
    "sd",
    "min",
    "max",
    "n_failed",
)
KEYS = ["dataset", "protocol", "learner", "scenario", "metric"]


def summary_of(runs: pd.DataFrame) -> pd.DataFrame:
    """Columns SUMMARY_COLUMNS, full support only, in plan order, the oracle last.

    n_seeds counts finished runs that have the value, n_failed those that did not finish, unless the
    learner declined all. One seed has no sd and no interval (NaN), none has no mean.
    """
    full = full_support(runs)
    lines = [*_lines(full), *_lines(oracle(full))]
    return pd.DataFrame(lines, columns=list(SUMMARY_COLUMNS))


def full_support(runs: pd.DataFrame) -> pd.DataFrame:
    """The lines of `results.runs` with all support ratings."""
    return runs[runs["shots"] == FULL]


def oracle(full: pd.DataFrame) -> pd.DataFrame:
    """One line for each seed, scenario and metric that has a best possible value."""
    known = full[full["best"].notna()]
    known = known.drop_duplicates(["dataset", "protocol", "seed", "scenario", "metric"])
    return known.assign(learner=ORACLE, value=known["best"])


def _lines(full: pd.DataFrame) -> Iterator[dict[str, Any]]:
    groups: dict[tuple[str, ...], list[tuple[str, float]]] = {}
    columns = full[[*KEYS, "status", "value"]]
    for *key, status, value in columns.itertuples(index=False, name=None):
        groups.setdefault(tuple(key), []).append((status, value))
    for names, runs in groups.items():
        whole = all(status == "declined" for status, _ in runs)
        failed = 0 if whole else sum(status != "finished" for status, _ in runs)
        done = [value for status, value in runs if status == "finished" and value == value]
        yield {**dict(zip(KEYS, names, strict=True)), **_moments(done), "n_failed": failed}


def _moments(values: Sequence[float]) -> dict[str, Any]:
    nothing = dict.fromkeys(("mean", "ci_low", "ci_high", "sd", "min", "max"), float("nan"))
    if not values:
        return {"n_seeds": 0, **nothing}
    mean = mean_interval(values)
    return {
        "n_seeds": len(values),
        "mean": mean.value,
        "ci_low": _or_nan(mean.low),
        "ci_high": _or_nan(mean.high),
        "sd": _or_nan(spread(values).sd.value),
        "min": min(values),
        "max": max(values),
    }


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else value
