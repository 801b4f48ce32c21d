"""What `plain`, `plain-finetune`, `plain-id`, `metaemb` and `mwuf` share: one network's options.

They are the same network on the same schedule, so that what differs between them is the method:
base options have one default, here, and one search space, that of `plain-finetune`. `coldbench
tune` tunes it first, and the others with what it found: `plain` has nothing of its own to tune,
`plain-id` the dropout of ids, which `metaemb` and `mwuf` take from there.
Tuned apart, equal networks came out .016 apart.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from baselines.neural_options import OwnIds
from baselines.plain.jointly_trained import JointConfig
from coldbench import Dimension, Real, Whole

__all__ = ["FINETUNE", "FINETUNE_SPACE", "PlainConfig", "SteppingConfig"]

FINETUNE: Mapping[str, Any] = {"tune_steps": 10, "tune_rate": 0.05}
STEPS_SPACE: Mapping[str, Dimension] = {
    "tune_steps": Whole(1, 30, log=True),
    "tune_rate": Real(5e-3, 0.5, log=True),
    "tune_shrink": Real(0.0, 40.0),
}
FINETUNE_SPACE: Mapping[str, Dimension] = {**JointConfig.space, **STEPS_SPACE}
BASE = "plain-finetune"


class PlainConfig(JointConfig):
    """Base options: those of all networks here, but for two, by validation at seed 1000. With both
    `plain-finetune` has .770 on ML-1M (.779 without)."""

    user_dropout: float = Field(
        0.16, ge=0, lt=1, description="probability that a rare user field is hidden; validation"
    )
    item_dropout: float = Field(
        0.2, ge=0, lt=1, description="of rare item fields, and of the id; validation"
    )
    space: ClassVar[Mapping[str, Dimension]] = {}
    tuned_by: ClassVar[Mapping[str, str]] = dict.fromkeys(JointConfig.space, BASE)


class SteppingConfig(PlainConfig):
    """Base options of those that adapt as `plain-finetune` does; subclasses tune their own."""

    item_id: OwnIds = False  # their domain has them
    user_id: Literal[False] = False
    tune_steps: int = Field(FINETUNE["tune_steps"], ge=0, description="as plain-finetune")
    tune_rate: float = Field(FINETUNE["tune_rate"], gt=0, description="as plain-finetune")
    tuned_by: ClassVar[Mapping[str, str]] = dict.fromkeys(
        (*JointConfig.own_space, *STEPS_SPACE), BASE
    )
