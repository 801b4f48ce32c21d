"""What tuning a learner cost and found: written by `coldbench tune`, shown by the report."""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from coldbench.study.halving import Rung

__all__ = ["FIRST_TUNING_SEED", "UNTUNED", "Budget", "describe", "untuned"]

FIRST_TUNING_SEED = 1000  # tuning uses this seed and later ones, studies earlier ones
UNTUNED = "not tuned"


class Budget(BaseModel):
    """How one learner was tuned.

    trials: configurations tried, the defaults first; pruned, failed: of these; seconds: of all
    trials; seeds: replicates, never those of a study; default_mae, best_mae: mean validation MAE
    over scenarios and seeds, None where it did not finish, the best being the lowest of many and
    so too low; options: what was found; overlap: by scenario, the share of the test ratings of
    seeds 0 to 9 that the tuning seeds train or validate on (`coldbench.tune.overlap`).

    rungs: of successive halving, none where each trial was run whole; runs, epochs: that all
    trials took together; searched: runs of all epochs that chose their number; capped: of these,
    those that chose the most they may; at_bounds: chosen options at the lowest or highest value
    of their space. Tunings of earlier versions recorded none of these (0 runs), nor the overlap.
    bases: learners that were tuned first and whose options it has for the network that they share.
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
    rungs: tuple[Rung, ...] = ()
    runs: int = Field(0, ge=0)
    epochs: int = Field(0, ge=0)
    searched: int = Field(0, ge=0)
    capped: int = Field(0, ge=0)
    at_bounds: dict[str, str] = {}
    bases: tuple[str, ...] = Field((), exclude_if=lambda value: not value)


def untuned(given: Collection[str]) -> str:
    """Of a learner that was not tuned, in words. given: the options that were asked for."""
    count = len(given)
    own = f"{count} option{'' if count == 1 else 's'} as given" if count else "defaults"
    return f"{UNTUNED}: {own}"


def describe(
    budget: Mapping[str, Any] | None,
    config: Mapping[str, Any],
    tunable: bool = True,
    given: Collection[str] = (),
) -> str:
    """The budget in a few words, beside a configuration that may have left what was found.

    tunable: whether the learner can be tuned; given: the options that were asked for.
    """
    tuned = Budget.model_validate(dict(budget)) if budget is not None else None
    if not tunable and not (tuned and tuned.bases):
        return "nothing to tune"
    if tuned is None:
        return untuned(given)
    # an option that is not recorded is not in use
    moved = [name for name, value in tuned.options.items() if config.get(name, value) != value]
    base = f"base options of {' and '.join(tuned.bases)}, " if tuned.bases else ""
    kind = "configuration" if tuned.rungs else "trial"
    text = f"{base}{tuned.trials} {kind}{'' if tuned.trials == 1 else 's'}"
    if tuned.runs:
        text += f", {tuned.runs} runs, {tuned.epochs:,} epochs"
    text += f", {tuned.seconds / 60:.1f} min"
    return f"{text}; changed since: {', '.join(moved)}" if moved else text
