"""The contract of a protocol: a frozen, versioned configuration that makes Splits."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from pydantic import BaseModel, ConfigDict

from coldbench.data import Array, Ratings
from coldbench.rng import Seeds
from coldbench.tasks.splits import Split

__all__ = ["Protocol", "first_of_each_pair"]


class Protocol(BaseModel, ABC):
    """Numbers of the protocol are its fields, recorded with every result.

    `version` moves when the same numbers would give other splits.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: ClassVar[str]
    summary: ClassVar[str]
    version: int = 1

    def checked(self, ratings: Ratings) -> Self:
        """The protocol as these ratings are split by it, with what it took from them; called when
        a study is planned. Raises UsageError where it does not fit them, with the reason."""
        return self

    @property
    def beside(self) -> str:
        """The file that `split` reads beside the ratings: a path below a cache folder, or ""."""
        return ""

    def provide(self, cache: Path, file: str) -> None:
        """Have that file in this process's cache, from another cache folder, or from what the user
        named. Raises DataError where it cannot be had."""

    def statements(self) -> tuple[str, ...]:
        """What a reader of results must know: what a spread over seeds is a spread of, where it is
        not one over random splits, and what is wrong with the tasks. In words, a sentence or two
        each; `run` and the report show them."""
        return ()

    def in_words(self) -> str:
        """How it splits, with its numbers, in whole sentences: what a paper says of it."""
        numbers = ", ".join(f"{name} {value}" for name, value in self if name != "version")
        return " ".join(
            (f"{self.summary[0].upper()}{self.summary[1:]} ({numbers}).", *self.statements())
        )

    @abstractmethod
    def split(self, ratings: Ratings, seeds: Seeds) -> Split:
        """The replicate of this seed vector; reads only the streams `split` and `episode`."""


def first_of_each_pair(ratings: Ratings) -> Array:
    """Rows without later ratings of the same (user, item), which would leak between sets; int64,
    ascending."""
    return np.sort(np.unique(ratings.pair, return_index=True)[1])
