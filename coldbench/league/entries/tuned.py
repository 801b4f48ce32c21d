"""tuning.csv: every trial of a tuned learner, out of the history.csv of `coldbench tune`."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coldbench.errors import UsageError, shorten
from coldbench.text import to_csv

__all__ = ["tuning_text"]


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


def _rows(history: Path) -> list[dict[str, str]]:
    try:
        return list(csv.DictReader(io.StringIO(history.read_text("utf-8"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"cannot read {history}: {shorten(error, 200)}") from None
