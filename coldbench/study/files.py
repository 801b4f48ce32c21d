"""Files of a study: read as what they must be, written whole or not at all.

Raises StoreError for a file that cannot be read or is not what it must be.
"""

import hashlib
import json
import os
import platform
import secrets
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from coldbench.errors import StoreError, shorten
from coldbench.running import SCHEMA, check_text

__all__ = ["alive", "host", "parse", "read", "sync", "validated", "write"]


def parse(model: type[Any], file: Path) -> Any:
    """A file of JSON as a model."""
    return validated(model, read(file), file)


def read(file: Path) -> dict[str, Any]:
    """A JSON object."""
    try:
        data = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise StoreError(f"cannot read {file}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise _damaged(file, error) from None
    if not isinstance(data, dict):
        raise StoreError(f"{file} is damaged: not a JSON object")
    return data


def validated(model: type[Any], data: dict[str, Any], place: Path) -> Any:
    """Refuses what a newer coldbench wrote."""
    try:
        if data.get("schema_version", 0) > SCHEMA:
            raise StoreError(f"{place}: written by a newer coldbench; update this one")
        check_text(data)
        return model.model_validate(data)
    except (ValueError, ValidationError, TypeError, RecursionError) as error:
        raise _damaged(place, error) from None


def _damaged(place: Path, error: Exception) -> StoreError:
    text = " ".join(str(error).split())
    return StoreError(f"{place} is damaged: {shorten(text, 200)}")


def write(file: Path, data: str | bytes) -> None:
    """Write aside, flush to the disk, rename."""
    aside = file.with_name(f"{file.name}.{secrets.token_hex(4)}.part")
    try:
        with aside.open("wb") as handle:
            handle.write(data.encode() if isinstance(data, str) else data)
            handle.flush()
            os.fsync(handle.fileno())
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """What was renamed within stays so when the machine stops."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def host() -> str:
    """Eight hexadecimal digits for this machine: a study may lie on a shared file system."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def alive(process: int) -> bool:
    """Whether a process of this machine still runs."""
    if os.name == "nt":  # where signal 0 is Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
