"""Published rows of a study: those that come with coldbench, and the user's own."""

from pathlib import Path

import coldbench
from coldbench.study import Published, parse_published

__all__ = ["CAVEAT", "is_about", "published_rows"]

CAVEAT = (
    "Published values are single runs of settings that are not stated in full: "
    "nothing says that their protocol is the one of this study."
)


def published_rows(dataset: str, study: Path) -> tuple[tuple[Published, float], ...]:
    """The rows about a data set, each with its margin: those that come with coldbench, then those
    of `published.yaml` in the study's folder."""
    own = Path(coldbench.__file__).parent.parent / "configs" / "published.yaml"
    files = [parse_published(file) for file in (own, study / "published.yaml") if file.exists()]
    return tuple((row, f.margin) for f in files for row in f.rows if row.dataset == dataset)


def is_about(row: Published, learner: str) -> bool:
    """Whether a published row may be compared with a learner of ours."""
    return learner == row.learner or learner.startswith(f"{row.learner}-")
