"""Named, versioned protocols: configuration + streams -> Split."""

from coldbench.tasks.protocols.given import Given
from coldbench.tasks.protocols.mixed import Mixed
from coldbench.tasks.protocols.protocol import Protocol
from coldbench.tasks.protocols.separate import All, Separate
from coldbench.tasks.protocols.temporal import Temporal

__all__ = ["PROTOCOLS", "All", "Given", "Mixed", "Protocol", "Separate", "Temporal"]

PROTOCOLS: dict[str, type[Protocol]] = {p.name: p for p in (Separate, All, Mixed, Temporal, Given)}
