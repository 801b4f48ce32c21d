"""Named, versioned protocols: configuration + streams -> Split."""

from coldbench.protocols.mixed import Mixed
from coldbench.protocols.protocol import Protocol
from coldbench.protocols.separate import All, Separate

__all__ = ["PROTOCOLS", "All", "Mixed", "Protocol", "Separate"]

PROTOCOLS: dict[str, type[Protocol]] = {p.name: p for p in (Separate, All, Mixed)}
