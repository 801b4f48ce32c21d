"""Doubts about content: labels that say "missing", and fields that carry ratings.

A field carries ratings when its numbers follow the mean rating, or the number of ratings, of their
users or items, or when its name says so: what it knows of test ratings would reach training.
"""

import re
from collections.abc import Iterable, Iterator

import numpy as np

from coldbench.data.findings import quoted, says_missing
from coldbench.data.ratings import Array, Field
from coldbench.data.raw.rawfile import parse_number
from coldbench.data.scales import merged, step_of

__all__ = ["carriers_of_ratings", "correlation", "labels_that_say_missing"]

LARGE_SHARE = 0.3
TOO_ALIKE = 0.9
FEWEST = 10
"""Users or items with a number and a rating, below which a correlation says nothing."""
NEARLY_ALL = 0.95
CLOSE = 1e-4
OF_RATINGS = {"rating", "ratings", "stars", "score", "scores", "vote", "votes"}
COUNTED = {"review", "reviews"}
HOW_MANY = {"count", "counts", "number", "num", "n", "total", "mean", "average", "avg"}
OF_AGE = {"mpaa", "age", "content", "parental", "esrb", "fsk", "pegi", "tv"}
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def labels_that_say_missing(side: str, fields: Iterable[Field], described: Array) -> Iterator[str]:
    """A sentence for each label of that kind; described: the users or items with a content row."""
    for field in fields:
        for code, label in enumerate(field.labels, 1):
            if not says_missing(label):
                continue
            has = (field.values[described] == code).reshape(len(described), -1).any(axis=1)
            if has.mean() > LARGE_SHARE:
                yield (
                    f"{field.name}: {100 * has.mean():.0f} % of the {side}s have the label "
                    f"{quoted(label)}, which looks like missing but counts as a label; leave such "
                    "cells empty"
                )


def carriers_of_ratings(
    side: str, fields: Iterable[Field], index: Array, value: Array, size: int
) -> Iterator[str]:
    """A sentence for each field of users or items that carries ratings."""
    numeric = [(field, numbers) for field in fields if (numbers := _numbers(field)) is not None]
    if not numeric:
        return
    count = np.bincount(index, minlength=size)
    mean = np.bincount(index, value, size) / np.maximum(count, 1)
    statistics = {f"mean rating of the {side}": mean, f"number of ratings of the {side}": count}
    for field, numbers in numeric:
        reason = _reason(field.name, numbers, statistics, count > 0)
        if reason:
            yield (
                f"{field.name}: {reason}; what it knows of test ratings reaches training: leave "
                "the column out unless it is older than all ratings"
            )


def _reason(name: str, numbers: Array, statistics: dict[str, Array], rated: Array) -> str:
    for what, statistic in statistics.items():
        r = correlation(numbers, statistic, rated)
        if abs(r) > TOO_ALIKE:
            return f"goes with the {what} (r = {r:.2f})"
        if r and _rounded(numbers, statistic, rated):
            return f"is the {what}, rounded"
    return "its name is that of a statistic of ratings" if _named(name) else ""


def _rounded(numbers: Array, statistic: Array, rated: Array) -> bool:
    """Whether numbers lie within half a step of a statistic, as its roundings do."""
    known = rated & np.isfinite(numbers)
    levels = merged(np.unique(numbers[known].astype(np.float64)))
    half = step_of(levels) / 2 if len(levels) > 1 else 0.0
    near = np.abs(numbers[known] - statistic[known]) <= half + CLOSE
    return bool(half and near.mean() > NEARLY_ALL)


def _named(name: str) -> bool:
    """`average_rating`, `stars`, `ratingsCount`, `review_count`; not `age_rating`."""
    words = {word.lower() for word in WORD.findall(name)}
    of_ratings = words & OF_RATINGS or (words & COUNTED and words & HOW_MANY)
    return bool(of_ratings or words == {"mean"}) and not words & OF_AGE


def _numbers(field: Field) -> Array | None:
    """The numbers of a field, float [n]; also of a category whose labels are numbers."""
    if field.kind == "number":
        return field.values
    if field.kind == "set" or not field.labels:
        return None
    labels = [parse_number(label.strip()) for label in field.labels]
    if any(label is None for label in labels):
        return None
    numbers: Array = np.array([np.nan, *labels], dtype=np.float64)[field.values]
    return numbers


def correlation(numbers: Array, statistic: Array, rated: Array) -> float:
    """Pearson's, over rated users or items of known number; 0 where that says nothing."""
    known = rated & np.isfinite(numbers)
    x, y = numbers[known].astype(np.float64), statistic[known].astype(np.float64)
    if len(x) < FEWEST or x.std() == 0 or y.std() == 0:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])
