"""Seeds as a study's tables name them."""

from coldbench.rng import Seeds

__all__ = ["vector_of"]


def vector_of(label: str) -> Seeds | None:
    """The seeds of a label, None for what is none (a study may have been edited)."""
    try:
        return Seeds.parse(label)
    except ValueError:
        return None
