"""Published values: data in YAML, shown beside the runs of the same data set."""

import math
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

import coldbench
from coldbench.options import read_yaml, validated
from coldbench.splits import SCENARIOS

__all__ = ["CAVEAT", "Published", "PublishedFile", "is_about", "published_rows"]

CAVEAT = (
    "Published values are single runs of settings that are not stated in full: "
    "nothing says that their protocol is the one of this study."
)


class Published(BaseModel):
    """Values of one metric that somebody published.

    label: how the row is named; learner: ours that it is compared with, and its variants
    (`mamo` also means `mamo-paper`); values: one for each scenario.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    label: str = Field(min_length=1)
    dataset: str
    learner: str
    source: str
    metric: str = "mae"
    note: str = ""
    values: dict[str, float] = Field(min_length=1)

    @field_validator("values")
    @classmethod
    def _known(cls, values: dict[str, float]) -> dict[str, float]:
        for name, value in values.items():
            if name not in SCENARIOS:
                raise ValueError(f"unknown scenario {name!r}: known are {', '.join(SCENARIOS)}")
            if not math.isfinite(value):
                raise ValueError(f"{name} is {value}, not a finite number")
        return values


class PublishedFile(BaseModel):
    """A file of published rows. margin: a mean closer than this to a value counts as equivalent;
    fixed before looking at any run."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    margin: float = Field(0.01, gt=0)
    rows: tuple[Published, ...] = ()


def published_rows(dataset: str, study: Path) -> tuple[tuple[Published, float], ...]:
    """The rows about a data set, each with its margin: those that come with coldbench, then those
    of `published.yaml` in the study's folder."""
    own = Path(coldbench.__file__).parent.parent / "configs" / "published.yaml"
    files = [_read(file) for file in (own, study / "published.yaml") if file.exists()]
    return tuple((row, f.margin) for f in files for row in f.rows if row.dataset == dataset)


def _read(file: Path) -> PublishedFile:
    data: dict[str, Any] = read_yaml(file)
    return validated(PublishedFile, data, str(file))


def is_about(row: Published, learner: str) -> bool:
    """Whether a published row may be compared with a learner of ours."""
    return learner == row.learner or learner.startswith(f"{row.learner}-")
