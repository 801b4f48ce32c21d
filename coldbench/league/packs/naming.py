"""How a learner may be called that is to stand among those of a pack: so that no two look alike."""

import re

from coldbench.errors import UsageError, shorten

__all__ = ["LEARNER", "check_name", "folded"]

LEARNER = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}"  # of ASCII alone: other scripts have its look-alikes


def check_name(name: str) -> None:
    """Raises UsageError for a name that could be read as another one, or stand in no table."""
    if not re.fullmatch(LEARNER, name):
        raise UsageError(
            f"{shorten(name)} cannot be entered under this name: take up to 64 letters, digits, "
            "'.', '_', '+' and '-' of ASCII, with a letter or digit first, in the entry points of "
            "its package or as a variant in --config"
        )


def folded(name: str) -> str:
    """The same for names that differ in capitals, or in '.', '_' and '-', alone."""
    return re.sub(r"[-_.]+", "-", name).strip("-").casefold()
