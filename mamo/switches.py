"""Every number and switch of MAMO, with the paper's value as default."""

from typing import Literal

from pydantic import Field

from coldbench.learner import LearnerConfig

__all__ = ["MAMOConfig"]


class MAMOConfig(LearnerConfig):
    """Defaults: Dong et al. 2020."""

    epochs: int = Field(20, ge=1)
    patience: int = Field(4, ge=1)
    size: int = Field(100, ge=1)  # d
    slots: int = Field(3, ge=1)  # K
    alpha: float = Field(0.5, ge=0, le=1)
    beta: float = Field(0.05, ge=0, le=1)
    gamma: float = Field(0.1, ge=0, le=1)
    tau: float = Field(0.01, ge=0)
    rho: float = Field(0.01, ge=0)
    inner_steps: int = Field(3, ge=0)
    rate: float = Field(0.05, gt=0)  # lambda
    temperature: float = Field(1.0, gt=0)

    gradient_memory: bool = True
    task_memory: bool = True
    task_write: Literal["published", "convex"] = "published"
    slots_start: Literal["distinct", "aliased"] = "distinct"
    loss: Literal["squared", "absolute", "cross-entropy", "softmax-twice"] = "squared"
    readout: Literal["regression", "argmax", "expectation", "median"] = "regression"

    batch: int = Field(32, ge=1)
    query_share: float = Field(0.5, gt=0, lt=1)
    max_query: int = Field(40, ge=1)
    reduction: Literal["sum", "mean"] = "sum"
    clip: float | None = Field(None, gt=0)
    outer: Literal["sgd", "adamw"] = "sgd"
    decay: bool = False
    weight_decay: float = Field(0.0, ge=0)
    embedding_std: float = Field(0.1, gt=0)
    rare_std: float = Field(0.01, gt=0)
    rare_dropout: float = Field(0.0, ge=0, lt=1)
    gradient_std: float = Field(0.05, ge=0)
    task_std: float | None = Field(None, gt=0)  # None: 1 / sqrt(2 d)

    @property
    def classifies(self) -> bool:
        return self.loss in ("cross-entropy", "softmax-twice")
