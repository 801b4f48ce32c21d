"""Files of a stored model: JSON and safetensors, written whole or not at all, and never trusted."""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from pydantic import ValidationError
from safetensors import SafetensorError

from coldbench.errors import StoreError, shorten

__all__ = ["damaged", "parsed", "read_json", "read_tensors", "set_aside", "write", "write_tensors"]


@contextmanager
def set_aside(target: Path) -> Iterator[Path]:
    """A new folder that becomes `target` when all went well."""
    folder = target.with_name(f".{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        folder.mkdir(parents=True)
        yield folder
        folder.rename(target)
    except OSError as error:
        raise StoreError(f"cannot write {target}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write(file: Path, data: bytes) -> None:
    """Writes and flushes to the disk."""
    with file.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())


def write_tensors(file: Path, tensors: Mapping[str, torch.Tensor]) -> str:
    """SHA-256 of what was written."""
    data = safetensors.torch.save(dict(tensors))
    write(file, data)
    return hashlib.sha256(data).hexdigest()


def read_tensors(file: Path, sha256: str = "") -> dict[str, torch.Tensor]:
    """What `write_tensors` wrote; raises StoreError for another file than that of `sha256`."""
    try:
        data = file.read_bytes()
        if sha256 and hashlib.sha256(data).hexdigest() != sha256:
            raise StoreError(f"{file} is not the file that was stored: train the model again")
        return safetensors.torch.load(data)
    except OSError as error:
        raise StoreError(f"cannot read {file}: {error.strerror}") from None
    except (SafetensorError, ValueError, KeyError) as error:
        raise damaged(file, error) from None


def read_json(file: Path) -> dict[str, Any]:
    """A JSON object; raises StoreError."""
    try:
        data = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise StoreError(f"cannot read {file}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise damaged(file, error) from None
    if not isinstance(data, dict):
        raise StoreError(f"{file} is damaged: not a JSON object")
    return data


def parsed(model: type[Any], data: dict[str, Any], file: Path) -> Any:
    """The contents of a file as a pydantic model; raises StoreError."""
    try:
        return model.model_validate(data)
    except (ValidationError, ValueError, RecursionError) as error:
        raise damaged(file, error) from None


def damaged(file: Path, error: Exception) -> StoreError:
    """The error for a file that cannot be what was written."""
    return StoreError(f"{file} is damaged: {shorten(' '.join(str(error).split()), 200)}")
