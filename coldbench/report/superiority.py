"""The verdict on the probability of superiority in words."""

from coldbench.statistics import Superiority

__all__ = ["in_words"]


def in_words(better: Superiority) -> str:
    """One of "better", "worse", "not shown" and "too few seeds"."""
    if better.lacks_seeds:
        return "too few seeds"
    return {1: "better", -1: "worse", 0: "not shown"}[better.direction]
