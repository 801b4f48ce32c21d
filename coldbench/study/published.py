"""Published values: data in YAML, shown beside our runs of the same data set."""

import math
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from coldbench.errors import UsageError
from coldbench.options import read_yaml, validated
from coldbench.tasks import SCENARIOS

__all__ = ["Published", "PublishedFile", "parse_published", "read_published"]


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


def parse_published(file: Path) -> PublishedFile:
    """The rows of a file; raises UsageError naming the file, the key and the fix."""
    return validated(PublishedFile, read_yaml(file), str(file))


def read_published(file: Path) -> str:
    """The text of a file whose rows are right; raises UsageError."""
    parse_published(file)
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None
