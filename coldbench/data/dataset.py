"""The contract of a data set plugin: options in, a content key and `Ratings` out."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from coldbench.data.ratings import Ratings

__all__ = ["CONTRACT", "READER_VERSION", "Dataset", "Options", "content_key"]

CONTRACT = 1  # moves when a data set written for the old contract would break

READER_VERSION = 3
"""Part of every key: raise it when any reader makes different `Ratings` of the same bytes."""


class Options(BaseModel):
    """Base of every `Dataset.Config`: frozen, typed, unknown keys are errors, all have defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Dataset(ABC):
    """One data set, registered under the entry point group `coldbench.datasets`.

    summary: one line for `coldbench data list`; licence: what the data may be used for;
    source: where it comes from. The constructor takes a `Config` and reads nothing.
    """

    Config: ClassVar[type[Options]] = Options
    summary: ClassVar[str] = ""
    licence: ClassVar[str] = "unknown"
    source: ClassVar[str] = ""
    contract: ClassVar[int] = 1

    def __init__(self, config: Any) -> None:
        self.config = config

    @abstractmethod
    def key(self) -> str:
        """64 hex digits that change with the raw bytes, the relevant options and the reader."""

    @abstractmethod
    def load(self) -> Ratings:
        """Read or generate the data; raises DataError, with file and line where there is one."""


def content_key(reader: str, options: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    """The key of data read by `reader` with `options` (plain JSON values) from `files`."""
    digest = hashlib.sha256(json.dumps([READER_VERSION, reader, options], sort_keys=True).encode())
    for name, data in sorted(files.items()):
        digest.update(f"\n{name!r} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()
