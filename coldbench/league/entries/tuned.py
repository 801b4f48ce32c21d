"""tuning.csv: every trial of a tuned learner, out of the history.csv of `coldbench tune`."""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coldbench.errors import UsageError, shorten
from coldbench.text import to_csv

__all__ = ["chosen_otherwise", "tuning_text"]


def tuning_text(learner: str, budget: Mapping[str, Any], history: Path | None) -> str:
    """The lines about a learner; raises UsageError where they are missing or too few."""
    trials = int(budget["trials"])
    mend = f"name the history.csv of its `coldbench tune` with --history (it has {trials} trials)"
    if history is None:
        raise UsageError(f"{learner!r} was tuned, and an entry shows every trial: {mend}")
    rows = [row for row in _rows(history) if row.get("learner") == learner]
    tried = {row.get("configuration") or row.get("trial") for row in rows}
    if len(tried) < trials:
        raise UsageError(
            f"{history} has {len(tried)} configurations of {learner!r}, its study says that "
            f"{trials} were tried: {mend}"
        )
    return to_csv(tuple(rows[0]), [tuple(row.values()) for row in rows])


def chosen_otherwise(
    learner: str, given: Mapping[str, Any], chosen: Mapping[str, Any], history: Path
) -> str:
    """How the options of a learner are not those of the best of its trials, by validation; empty
    where they are. given: the options that it ran with, defaults aside; chosen: those that its
    budget says were found. Trials of one learner whose options another one took are not compared.
    """
    rows = [row for row in _rows(history) if row.get("learner") == learner]
    last = max((int(row.get("rung") or 0) for row in rows), default=0)
    done = [row for row in rows if row.get("mae") and int(row.get("rung") or 0) == last]
    tried = {key for row in rows for key in _options(row)}
    if not done:
        return "no trial of its last round finished"
    best = min(done, key=lambda row: (float(row["mae"]), int(row["trial"])))
    for key in sorted(tried):
        found, used = _options(best).get(key), given.get(key)
        if used != chosen.get(key) or (used is not None and used != found):
            return (
                f"it ran with {key} {shorten(used)}, and the best of its trials, "
                f"{shorten(best['trial'])}, has {shorten(found)}"
            )
    return ""


def _options(row: Mapping[str, str]) -> dict[str, Any]:
    return dict(json.loads(row.get("options") or "{}"))


def _rows(history: Path) -> list[dict[str, str]]:
    try:
        return list(csv.DictReader(io.StringIO(history.read_text("utf-8"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"cannot read {history}: {shorten(error, 200)}") from None
