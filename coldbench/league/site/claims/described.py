"""What is asked of published claims, as claims.yaml says it."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from coldbench.options import read_yaml, validated

__all__ = ["Claim", "claims"]

FILE = Path(__file__).parent / "claims.yaml"


class Claim(BaseModel):
    """question: `{values}` stands for the published values; claimed: by whom, and what was done;
    studies: names of folders, the first that is at hand answers; limits: what the answer does not
    say; config: makes the study; the other keys: see claims.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: str = Field(pattern="^[a-z0-9-]+$")
    kind: Literal["published", "spread", "duel", "rounding", "section", "variants"]
    question: str
    claimed: str
    studies: tuple[str, ...] = Field(min_length=1)
    limits: str = ""
    config: str = ""
    row: str = ""
    learner: str = ""
    beside: str = ""
    rivals: tuple[str, ...] = ()
    section: str = ""
    suffix: str = ""

    def answered_by(self, names: Sequence[str]) -> str | None:
        """The study of these that answers it; None where none does."""
        return next((name for name in self.studies if name in names), None)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    claims: tuple[Claim, ...]


@cache
def claims() -> tuple[Claim, ...]:
    """Those that come with coldbench."""
    return validated(_File, read_yaml(FILE), str(FILE)).claims
