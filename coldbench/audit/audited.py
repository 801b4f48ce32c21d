"""What an audit of one job found."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Audit", "Leak", "Replay"]

Replay = Literal[
    "split",
    "files",
    "repeat",
    "counterfactual",
    "supports",
    "history",
    "order",
    "subset",
    "floor",
    "stored",
]


class Leak(BaseModel):
    """Something that an honest learner does not do, and the replay that found it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    replay: Replay
    text: str

    def __str__(self) -> str:
        return f"{self.replay}: {self.text}"


class Audit(BaseModel):
    """job_hash, learner, seed: of the job; code: the fingerprint of the learner's code that was
    audited; status: `clean`, `leaks`, or `not audited` for a job that gave no predictions, with
    the reason; predictions: how many were compared; sequential: the learner declares that test
    users depend on each other; notes: what is no leak, yet good to know; seconds: of the audit,
    and of the job alone within it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    job_hash: str
    learner: str
    seed: str
    code: str = ""
    status: Literal["clean", "leaks", "not audited"]
    reason: str = ""
    leaks: tuple[Leak, ...] = ()
    notes: tuple[str, ...] = ()
    predictions: int = 0
    sequential: bool = False
    seconds: float = 0.0
    seconds_alone: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether it was audited and nothing was found."""
        return self.status == "clean"
