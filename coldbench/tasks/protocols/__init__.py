"""Named, versioned protocols: configuration + streams -> Split."""

from coldbench.tasks.protocols.mixed import Mixed
from coldbench.tasks.protocols.protocol import Protocol, first_of_each_pair
from coldbench.tasks.protocols.separate import All, Separate

__all__ = ["PROTOCOLS", "All", "Mixed", "Protocol", "Separate", "first_of_each_pair"]

PROTOCOLS: dict[str, type[Protocol]] = {p.name: p for p in (Separate, All, Mixed)}
