"""JSON files that carry the hash of their contents."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from coldbench.errors import StoreError
from coldbench.running.encoding import check_text, seal

__all__ = ["read_sealed", "sealed"]

Contents = TypeVar("Contents", bound=BaseModel)


def sealed(data: Mapping[str, Any]) -> str:
    """The text of a file that holds this and its hash."""
    return json.dumps({**data, "sha256": seal(dict(data))}, indent=1) + "\n"


def read_sealed(file: Path, kind: type[Contents]) -> Contents:
    """What a sealed file holds; raises StoreError for one that was edited or is damaged."""
    try:
        data = json.loads(file.read_text("utf-8"))
        if data.pop("sha256") != seal(data):
            raise StoreError(f"{file} does not match its hash; the file was edited")
        check_text(data)
        return kind.model_validate(data)
    except (OSError, ValueError, ValidationError, AttributeError, KeyError, TypeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise StoreError(f"{file} is damaged: {reason}") from None
