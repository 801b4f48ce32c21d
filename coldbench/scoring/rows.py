"""One score: a metric in a scenario, as a run gives it, as it is stored, as results read it."""

from typing import Any

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

__all__ = ["ScoreRow"]

DEFAULTS = (("reason", ""), ("version", 1))


class ScoreRow(BaseModel):
    """shots: support ratings allowed, -1 for all; value: None where the metric gave no finite
    number; n: query ratings; best: the metric of the best possible predictions, None where it is
    not known; reason: why a number is missing (records of older versions have none); version: of
    the metric's definition."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    scenario: str
    shots: int
    metric: str
    value: float | None
    n: int
    best: float | None
    reason: str = ""
    version: int = 1

    @model_serializer(mode="wrap")
    def _without_defaults(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A reason or version that says nothing is not stored."""
        row: dict[str, Any] = dump(self)
        return {key: value for key, value in row.items() if (key, value) not in DEFAULTS}
