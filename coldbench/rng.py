"""Randomness: one seed per named stream, and generators keyed by name.

Nobody reads or sets a global generator. A stream's name states what its draws depend on:
`split` and `episode` ignore the learner, so that all learners meet the same tasks.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from coldbench.errors import shorten

if TYPE_CHECKING:
    import torch  # at run time where it is needed: a report reads seeds, and starts without it

__all__ = ["Seeds", "generator", "global_generators", "torch_generator"]


class Seeds(NamedTuple):
    """The seed vector of one run.

    split: which users and items are cold; episode: which ratings are support and query;
    init: initial weights and memories; order: order of tasks and batches, and training episodes;
    rounding: noise in the last bit of training ratings and starting weights
    (`coldbench.learning.rounding`), 0 for none.
    """

    split: int
    episode: int
    init: int
    order: int
    rounding: int = 0

    @classmethod
    def joint(cls, seed: int) -> "Seeds":
        """The streams that draw at one seed, and no noise: what `--seeds` means."""
        return cls(seed, seed, seed, seed)

    @classmethod
    def parse(cls, label: str) -> "Seeds":
        """The seeds that have this label; raises ValueError for what is none."""
        numbers = [int(word) if word.isdecimal() else -1 for word in label.split(".")]
        if len(numbers) not in (1, 4, 5) or min(numbers) < 0:
            raise ValueError(
                f"{shorten(label)} is no seed: write 7, 7.7.0.3 for four streams, or 7.7.0.3.2 "
                "with rounding"
            )
        seeds = cls.joint(numbers[0]) if len(numbers) == 1 else cls(*numbers)
        if seeds.label != label:
            raise ValueError(f"{shorten(label)} is no seed as it is written: {seeds.label}")
        return seeds

    @property
    def label(self) -> str:
        """`7` when the streams agree, else `7.7.0.3`; `7.7.0.3.2` where rounding is not 0."""
        return str(self.split) if self.is_joint else ".".join(map(str, self.written))

    @property
    def is_joint(self) -> bool:
        """Whether these are the seeds that `joint` gives."""
        return self == self.joint(self.split)

    @property
    def written(self) -> tuple[int, ...]:
        """What is stored and hashed: four numbers without noise, so that runs of versions without
        this stream keep their identity."""
        return self if self.rounding else self[:4]


def generator(seed: int, *names: str | int) -> np.random.Generator:
    """A NumPy generator for a seed and a path of names, such as `("split", "users")`."""
    words = [hashlib.sha256(str(name).encode()).digest()[:4] for name in names]
    key = tuple(int.from_bytes(word, "little") for word in words)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def torch_generator(rng: np.random.Generator) -> "torch.Generator":
    """A torch CPU generator whose seed is the next draw of `rng`."""
    import torch

    return torch.Generator().manual_seed(int(rng.integers(2**63)))


@contextlib.contextmanager
def global_generators(seed: int) -> Iterator[None]:
    """The global generators of torch and NumPy start from a seed, and are put back afterwards.

    Our own code reads neither; a plugin whose layers do (`nn.Linear`) is made repeatable.
    """
    import torch

    state = np.random.get_state()  # noqa: NPY002
    start = int(generator(seed, "global").integers(2**32))
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(start)
            np.random.seed(start)  # noqa: NPY002
            yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
