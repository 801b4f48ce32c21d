"""Toy learners that misbehave in known ways; registered by the tests that need them."""

import gc
import os
import signal
import sys
import warnings
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from pydantic import Field, model_validator

from coldbench.errors import Declined
from coldbench.learning.learner import Learner, LearnerConfig, TrainingData
from coldbench.tasks.episodes import EpisodeBatch

PATIENT = (0.0, 2.0, 1.0, 1.5, 1.6, 1.7)


class ToyConfig(LearnerConfig):
    fault: str = ""
    epochs: int = Field(1, ge=1)


class Toy(Learner):
    """Predicts a constant; `fault` says what goes wrong."""

    Config = ToyConfig

    def __init__(self, config: ToyConfig, domain: object, rng: np.random.Generator) -> None:
        super().__init__(config, domain, rng)  # type: ignore[arg-type]
        if config.fault == "decline":
            raise Declined("no reason to work today")
        self.layer = torch.nn.Linear(2, 1)
        self.trained = 0
        self.offset = 3.0

    def train_epoch(
        self, data: TrainingData, epoch: int, rng: np.random.Generator
    ) -> Mapping[str, float]:
        fault = self.config.fault
        self.trained += 1
        if fault == "raise":
            raise RuntimeError("boom")
        if fault == "exit":
            raise SystemExit(7)
        if fault == "die":
            os._exit(9)
        if fault == "hang":
            import time

            time.sleep(600)
        if fault == "seed":
            torch.manual_seed(99)
            np.random.seed(99)  # noqa: NPY002
        if fault == "mutate":
            data.value[:] = 0
        if fault == "rude":
            be_rude()
        if fault == "print":
            print("hello from the learner")
        if fault == "patience":
            self.offset = 3.0 + PATIENT[min(epoch, 5)] + 1
        return {"loss": float("nan") if fault == "nan-loss" and epoch == 1 else 0.5}

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        shape = batch.query_item.shape
        if self.config.fault == "shape":
            return torch.zeros(shape[0])
        if self.config.fault == "nan":
            return torch.full(shape, float("nan"))
        if self.config.fault == "type":
            return np.zeros(shape)  # type: ignore[return-value]
        return torch.full(shape, self.offset)


def be_rude() -> None:
    """Sets whatever a process has one of."""
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    torch.autograd.set_detect_anomaly(True)
    torch.set_num_threads(3)
    np.seterr(all="raise")
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, lambda number, frame: None)
    signal.setitimer(signal.ITIMER_REAL, 30)
    os.environ["RUDE"] = "yes"
    os.environ.pop("PATH", None)
    os.chdir("/")
    gc.disable()
    sys.setrecursionlimit(500)


class SwitchedConfig(ToyConfig):
    loss: Literal["squared", "classes"] = "squared"
    readout: Literal["mean", "median", "argmax"] = "mean"
    rate: float = Field(0.1, gt=0)
    size: int = 3

    switches: ClassVar[Mapping[str, Mapping[str, Mapping[str, Any]]]] = {
        "loss": {"paper": {"loss": "squared"}, "released": {"loss": "classes"}},
        "readout": {"paper": {"readout": "mean"}, "released": {"readout": "argmax"}},
        "rate": {"paper": {"rate": 0.1, "size": 3}, "released": {"rate": 1.0, "size": 9}},
    }

    @model_validator(mode="after")
    def _legal(self) -> Self:
        if self.readout == "argmax" and self.loss == "squared":
            raise ValueError("readout 'argmax' needs classes")
        return self


class Switched(Toy):
    """Predicts a number that depends on every option and on the seed."""

    Config = SwitchedConfig

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        c = self.config
        level = 3 + 0.1 * c.rate + 0.01 * c.size + 0.2 * (c.loss == "classes")
        return level + 0.05 * self.layer.weight.detach().sum() + 0.3 * (batch.query_item % 4)


class Drawn(Toy):
    """Depends on the global generator of torch, as layers made by `nn.Linear` do."""

    def predict(self, batch: EpisodeBatch) -> torch.Tensor:
        with torch.no_grad():
            return self.layer.weight.sum() + torch.zeros(batch.query_item.shape) + 3
