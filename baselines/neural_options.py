"""Options that the neural learners share, with their reasons."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from baselines.losses import Loss
from coldbench import Choice, Dimension, IdentityConfig, Real

__all__ = ["NeuralConfig", "OwnIds"]


def _none_besides(value: bool) -> bool:
    if value:
        raise ValueError("this learner has ids or factors of its own: leave the option out")
    return value


OwnIds = Annotated[Literal[False], BeforeValidator(_none_besides)]


class NeuralConfig(IdentityConfig):
    """Options of the network and of the outer optimiser.

    "validation": chosen by validation MAE on ML-1M.
    """

    epochs: int = Field(14, ge=1)
    patience: int = Field(14, ge=1, description="the curves are too noisy to stop early on")
    embedding: int = Field(32, ge=1, description="size of a field's embedding: Lee et al. 2019")
    hidden: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        (64, 64), min_length=1, description="Lee et al. 2019"
    )
    user_dropout: float = Field(
        0.95, ge=0, lt=1, description="probability that a rare user field is hidden"
    )
    item_dropout: float = Field(
        0.1, ge=0, lt=1, description="probability that a rare item field is hidden"
    )
    rare_decay: float = Field(15.0, ge=0, description="weight decay of the rare fields")
    loss: Loss = Field("absolute", description="what is measured is an absolute error")
    delta: float = Field(0.1, gt=0, description="where huber bends, in units of the output")
    rate: float = Field(3e-3, gt=0, description="learning rate of AdamW")
    weight_decay: float = Field(0.01, ge=0, description="decoupled, of AdamW")
    decay: bool = Field(True, description="the learning rate falls linearly to 0 over `epochs`")
    average: float = Field(
        0.99,
        ge=0,
        lt=1,
        description="of the parameters over steps, to predict with",
    )
    space: ClassVar[Mapping[str, Dimension]] = {
        "rate": Real(5e-4, 0.02, log=True),
        "embedding": Choice((8, 16, 32, 64, 128)),
        "hidden": Choice(((32, 32), (64, 64), (128, 128))),
        "user_dropout": Real(0.0, 0.97),
        "item_dropout": Real(0.0, 0.6),
        "rare_decay": Real(0.1, 50, log=True),
        "weight_decay": Real(1e-3, 0.3, log=True),
    }
