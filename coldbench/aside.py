"""Files that are there whole or not at all: written aside, then renamed."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["aside_of", "written_aside"]


def aside_of(target: Path) -> Path:
    """A hidden name beside `target` that no other process takes."""
    return target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}")


@contextmanager
def written_aside(file: Path) -> Iterator[Path]:
    """A path to write to, which becomes `file` when all went well, and is removed when it did not;
    the folder has to exist. Raises OSError."""
    aside = aside_of(file)
    try:
        yield aside
        aside.replace(file)
    finally:
        with suppress(OSError):  # it would hide what went wrong
            aside.unlink()
