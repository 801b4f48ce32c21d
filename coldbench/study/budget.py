"""What tuning a learner cost and found: written by `coldbench tune`, shown by the report."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["FIRST_TUNING_SEED", "UNTUNED", "Budget", "describe"]

FIRST_TUNING_SEED = 1000  # tuning uses this seed and later ones, studies earlier ones
UNTUNED = "not tuned: defaults"


class Budget(BaseModel):
    """How one learner was tuned.

    trials: configurations tried, the defaults first; pruned, failed: of these; seconds: of all
    trials; seeds: replicates, never those of a study; default_mae, best_mae: mean validation MAE
    over scenarios and seeds, None where it did not finish; options: what was found; overlap: by
    scenario, the share of the test ratings of seeds 0 to 9 that the tuning seeds train or validate
    on (`coldbench.tune.overlap`), empty in tunings of earlier versions.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    trials: int = Field(ge=1)
    pruned: int = Field(0, ge=0)
    failed: int = Field(0, ge=0)
    seconds: float = Field(0.0, ge=0)
    seeds: tuple[int, ...] = ()
    default_mae: float | None = None
    best_mae: float | None = None
    options: dict[str, Any] = {}
    overlap: dict[str, float] = {}


def describe(
    budget: Mapping[str, Any] | None, config: Mapping[str, Any], tunable: bool = True
) -> str:
    """The budget in a few words, beside a configuration that may have left what was found.

    tunable: whether the learner has a search space.
    """
    if not tunable:
        return "nothing to tune"
    if budget is None:
        return UNTUNED
    tuned = Budget.model_validate(dict(budget))
    moved = [name for name, value in tuned.options.items() if config.get(name) != value]
    count = f"{tuned.trials} trial{'' if tuned.trials == 1 else 's'}"
    text = f"{count}, {tuned.seconds / 60:.1f} min"
    return f"{text}; changed since: {', '.join(moved)}" if moved else text
