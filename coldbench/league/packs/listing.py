"""A new pack for the index: the lines of index.toml about it."""

import json

from coldbench.league.packs.facts import SUFFIX
from coldbench.league.packs.opening import Pack

__all__ = ["index_lines"]


def index_lines(pack: Pack, url: str = "") -> str:
    """What index.toml has to say of a pack, for one without a url as a file beside it."""
    facts = pack.facts
    values = {
        "name": facts.name,
        "release": facts.release,
        "edition": facts.edition,
        "protocol": facts.protocol,
        "protocol_version": facts.protocol_version,
        "learners": len(facts.learners),
        "seeds": len(facts.seeds),
        "sha256": pack.sha256,
        "size": pack.path.stat().st_size,
        **({"url": url} if url else {"file": f"{pack.title}{SUFFIX}"}),
    }
    # a JSON string or number is a TOML one
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "\n".join(["[[packs]]", *lines, ""])
