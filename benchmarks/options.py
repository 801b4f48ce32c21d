"""Options of a benchmark: data, number of users and repeats."""

from dataclasses import dataclass

__all__ = ["Options"]


@dataclass(frozen=True)
class Options:
    """dataset: a name or folder; users: that train, and are predicted; quick: sizes that only
    show that the benchmark works."""

    dataset: str = "synthetic"
    users: int = 512
    repeats: int = 7
    quick: bool = False
