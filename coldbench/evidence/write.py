"""evidence.csv: what asking is worth; evidence-items.csv: every item with a training rating."""

from pathlib import Path

import numpy as np

from coldbench.data import Array
from coldbench.errors import StoreError
from coldbench.evidence.measure import Evidence
from coldbench.statistics import Interval
from coldbench.text import to_csv

__all__ = [
    "COLUMNS",
    "ITEM_COLUMNS",
    "answer_rows",
    "item_rows",
    "ranking",
    "title",
    "write_evidence",
]

COLUMNS = (
    "learner", "criterion", "questions", "strategy", "n_seeds", "users", "mae", "mae_low",
    "mae_high", "evidence_minus", "evidence_minus_low", "evidence_minus_high", "p",
)  # fmt: skip
ITEM_COLUMNS = ("rank", "item", "title", "score", "telling", "popularity")


def write_evidence(evidence: Evidence, out: Path) -> Path:
    """Write both files into `out`; returns the path of evidence.csv. Raises StoreError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "evidence.csv").write_text(to_csv(COLUMNS, answer_rows(evidence)), encoding="utf-8")
        (out / "evidence-items.csv").write_text(
            to_csv(ITEM_COLUMNS, item_rows(evidence)), encoding="utf-8"
        )
    except OSError as error:
        raise StoreError(f"cannot write to {out}: {error.strerror or error}") from None
    return out / "evidence.csv"


def ranking(evidence: Evidence) -> Array:
    """Items with training ratings, those most worth asking about first."""
    order = np.argsort(-evidence.score, kind="stable")
    return order[evidence.popularity[order] > 0]


def title(evidence: Evidence, item: int) -> str:
    """The item's title, or its raw id."""
    titles = evidence.ratings.catalogue.item_title
    return str(evidence.ratings.item_id[item] if titles is None else titles[item])


def answer_rows(evidence: Evidence) -> list[tuple[object, ...]]:
    """COLUMNS of each strategy and number of questions."""
    users = round(float(np.mean(evidence.users)))
    lines: list[tuple[object, ...]] = []
    for answer in evidence.answers:
        against = answer.against
        difference = _three(against.difference) if against else (None, None, None)
        p = against.p if against else None
        about = (
            evidence.learner,
            evidence.kind,
            answer.questions,
            answer.strategy,
            answer.mae.n,
            users,
        )
        lines.append((*about, *_three(answer.mae), *difference, p))
    return lines


def _three(value: Interval) -> tuple[float | None, float | None, float | None]:
    return value.value, value.low, value.high


def item_rows(evidence: Evidence) -> list[tuple[object, ...]]:
    """ITEM_COLUMNS of each item, those most worth asking about first."""
    return [
        (
            rank,
            str(evidence.ratings.item_id[item]),
            title(evidence, item),
            float(evidence.score[item]),
            float(evidence.informativeness[item]),
            float(evidence.popularity[item]),
        )
        for rank, item in enumerate(ranking(evidence), 1)
    ]
