"""The errors that coldbench raises on purpose: one base, few kinds, each with its exit status.

A message names the thing, the value received (shortened and escaped) and the fix.
"""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "ColdbenchError",
    "DataError",
    "Declined",
    "Diverged",
    "StoreError",
    "UsageError",
    "shorten",
    "unknown",
]


class ColdbenchError(Exception):
    """Base of every error that a user can cause and fix; `status` is the exit status."""

    status = 2


class UsageError(ColdbenchError):
    """A wrong name, option or configuration."""


class DataError(ColdbenchError):
    """A file or table of ratings that is missing, malformed or damaged."""

    status = 4


class StoreError(ColdbenchError):
    """A study on disk that is damaged, not ours, or cannot be written."""

    status = 4


class Declined(ColdbenchError):
    """A learner cannot do this job, and says why: recorded, never silently dropped."""


class Diverged(ColdbenchError):
    """Training or prediction produced a number that is not finite."""


def shorten(value: object, limit: int = 80) -> str:
    """The value as printable ASCII between quotes, at most `limit` characters long."""
    text = ascii(str(value))  # also of NumPy's str, whose own ascii names its type
    return text if len(text) <= limit else text[: limit - 4] + "..." + text[-1]


def unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that is not registered; suggests the nearest one that is.

    Raises UsageError for what is no name, such as a learner's class in place of its name.
    """
    if not isinstance(name, str):
        raise UsageError(f"{shorten(name)} is no name: a {kind} is asked for by the name it has")
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return UsageError(f"unknown {kind} {shorten(name)}: {hint}known are {', '.join(names)}")
