"""How a learner may be called that is to stand among those of a pack: so that no two look alike."""

import re

from coldbench.errors import UsageError, shorten

__all__ = ["LEARNER", "check_name", "folded"]

ALIKE = {"1": "l", "i": "l", "0": "o", "rn": "m", "vv": "w", "cl": "d"}
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
    """The same for names that look alike: they differ in capitals, in marks, or in letters and
    digits that some fonts draw alike (I, l and 1; O and 0; rn, m; vv, w; cl, d) alone."""
    name = re.sub(r"[-_.+]", "", name).casefold()
    for drawn, like in ALIKE.items():
        name = name.replace(drawn, like)
    return name
