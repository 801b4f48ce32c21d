"""evidence.csv: what asking is worth; evidence-items.csv: every item that training knows."""

from pathlib import Path

import numpy as np

from coldbench.data import Array
from coldbench.errors import StoreError
from coldbench.evidence.measure import Evidence
from coldbench.statistics import Interval
from coldbench.text import to_csv

__all__ = ["ranking", "title", "write_evidence"]

COLUMNS = (
    "learner", "criterion", "questions", "strategy", "n_seeds", "users", "mae", "mae_low",
    "mae_high", "evidence_minus", "evidence_minus_low", "evidence_minus_high", "p",
)  # fmt: skip
ITEM_COLUMNS = ("rank", "item", "title", "score", "telling", "popularity")


def write_evidence(found: Evidence, out: Path) -> Path:
    """Write both files into `out`; returns the path of evidence.csv. Raises StoreError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "evidence.csv").write_text(to_csv(COLUMNS, _answers(found)), encoding="utf-8")
        (out / "evidence-items.csv").write_text(
            to_csv(ITEM_COLUMNS, _items(found)), encoding="utf-8"
        )
    except OSError as error:
        raise StoreError(f"cannot write to {out}: {error.strerror or error}") from None
    return out / "evidence.csv"


def ranking(found: Evidence) -> Array:
    """Items with training ratings, the most worth asking first."""
    order = np.argsort(-found.score, kind="stable")
    return order[found.popularity[order] > 0]


def title(found: Evidence, item: int) -> str:
    """The item's title, or its raw id."""
    titles = found.ratings.catalogue.item_title
    return str(found.ratings.item_id[item] if titles is None else titles[item])


def _answers(found: Evidence) -> list[tuple[object, ...]]:
    users = round(float(np.mean(found.users)))
    lines: list[tuple[object, ...]] = []
    for answer in found.answers:
        against = answer.against
        difference = _three(against.difference) if against else (None, None, None)
        p = against.p if against else None
        about = (found.learner, found.kind, answer.questions, answer.strategy, answer.mae.n, users)
        lines.append((*about, *_three(answer.mae), *difference, p))
    return lines


def _three(value: Interval) -> tuple[float | None, float | None, float | None]:
    return value.value, value.low, value.high


def _items(found: Evidence) -> list[tuple[object, ...]]:
    return [
        (
            rank,
            str(found.ratings.item_id[item]),
            title(found, item),
            float(found.score[item]),
            float(found.telling[item]),
            float(found.popularity[item]),
        )
        for rank, item in enumerate(ranking(found), 1)
    ]
