"""Names of files and addresses for names that strangers chose."""

import hashlib
import re

__all__ = ["slug"]

LONGEST = 48
HASHED = re.compile(r"(^|-)[0-9a-f]{6}$")


def slug(name: str) -> str:
    """Letters, digits and hyphens; with six digits of its hash where the name is not so itself, or
    ends like one with them, so that two names never share a page."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:LONGEST]
    if plain and plain == name and not HASHED.search(name):
        return plain
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:6]
    return f"{plain}-{digest}" if plain else digest
