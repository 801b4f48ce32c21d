"""A registered name -> the learner behind it."""

from coldbench import registry
from coldbench.learning.learner import Variant

__all__ = ["load_variant"]


def load_variant(name: str) -> Variant:
    """The registered learner; raises UsageError for one that is unknown, broken, or written for
    another contract."""
    return Variant.of(registry.load("learner", name), name)
