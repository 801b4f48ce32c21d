"""What topics share that need more than scores: the digest of predictions, or why there is none."""

from collections.abc import Iterable

import numpy as np

from coldbench.report.study import ReportData
from coldbench.study import Digest, Line

__all__ = ["Place", "array", "by_place", "incomplete", "without"]

Place = tuple[str, str]  # learner, scenario


def by_place(digest: Digest) -> dict[Place, list[Line]]:
    """One line for each seed."""
    places: dict[Place, list[Line]] = {}
    for line in digest.lines:
        places.setdefault((line.learner, line.scenario), []).append(line)
    return places


def array(values: Iterable[float]) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.array(list(values), dtype=np.float64)


def without(gap: str) -> str:
    """The note of a section that has no digest to read."""
    return f"n/a: {gap}; run `coldbench report` where the study was made, and keep its digest.json."


def incomplete(data: ReportData) -> list[str]:
    """A note where the digest does not cover all finished runs."""
    digest, gap = data.digest
    if digest is None or not gap:
        return []
    return [f"From {len(digest.runs)} of {data.finished} finished runs: {gap}."]
