"""Named, versioned protocols: configuration + streams -> Split."""

from coldbench.tasks.protocols.given import Given
from coldbench.tasks.protocols.mixed import Mixed
from coldbench.tasks.protocols.protocol import Protocol, first_of_each_pair
from coldbench.tasks.protocols.separate import All, Separate
from coldbench.tasks.protocols.temporal import Temporal

__all__ = [
    "PROTOCOLS", "All", "Given", "Mixed", "Protocol", "Separate", "Temporal", "first_of_each_pair",
]  # fmt: skip

PROTOCOLS: dict[str, type[Protocol]] = {p.name: p for p in (Separate, All, Mixed, Temporal, Given)}
