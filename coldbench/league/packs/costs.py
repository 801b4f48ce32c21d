"""What a run of a learner costs, as a reference pack of this coldbench has it."""

from typing import Any

from coldbench.league.packs.getting import find_pack
from coldbench.league.packs.index import known_packs

__all__ = ["cost_of"]

MEASURED = ("ml-1m", "ml-100k")  # the first that has the learner


def cost_of(learner: str) -> dict[str, Any] | None:
    """Median seconds of a run with data set, pack and number of runs; None where none has it."""
    for name in MEASURED:
        if any(one.name == name and one.packaged for one in known_packs()):
            pack = find_pack(name)
            if learner in pack.facts.seconds:
                return {
                    "dataset": name,
                    "pack": pack.title,
                    "runs": len(pack.facts.seeds),
                    "seconds": pack.facts.seconds[learner],
                }
    return None
