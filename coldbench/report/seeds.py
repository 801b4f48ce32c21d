"""The seed vector behind its label."""

from coldbench.rng import Seeds

__all__ = ["vector_of"]


def vector_of(label: str) -> Seeds | None:
    """The seed vector behind `Seeds.label`."""
    parts = label.split(".")
    if not all(part.isdigit() for part in parts) or len(parts) not in (1, 4):
        return None
    numbers = [int(part) for part in parts]
    return Seeds(*numbers) if len(numbers) == 4 else Seeds.joint(numbers[0])
