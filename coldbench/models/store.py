"""A stored model: a folder of safetensors and JSON, each part written aside and renamed.

<model>/model.json                      what it is: ModelRecord
<model>/catalogue.json, .safetensors    fields, labels, ids of items, and content
<model>/seeds/<seed>/seed.json          SeedRecord, with the plain values of the learner's state
<model>/seeds/<seed>/state.safetensors  its tensors

A model that has not all seeds of its record was interrupted: the same training goes on.
"""

import json
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from coldbench.data import Scale
from coldbench.errors import StoreError, UsageError
from coldbench.learning import State
from coldbench.models.catalogue import Known, unpacked
from coldbench.models.files import (
    damaged,
    parsed,
    read_json,
    read_tensors,
    set_aside,
    write,
    write_tensors,
)

__all__ = ["SCHEMA", "ModelFolder", "ModelRecord", "SeedRecord"]

SCHEMA = 1  # of stored models; a newer one is refused


class ModelRecord(BaseModel):
    """What a model is. learner: as it was asked for; base: the registered learner behind it;
    dataset_sha256: fingerprint of the ratings; protocol: whose validation chose the epochs; code:
    `running.code_of` the learner; plugin: package, version and target; versions: of libraries."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    schema_version: int = SCHEMA
    learner: str
    base: str
    config: dict[str, Any]
    dataset: str
    dataset_sha256: str
    protocol: str
    protocol_options: dict[str, Any]
    device: str
    scale: Scale
    ratings: int
    users: int
    items: int
    seeds: tuple[int, ...]
    code: str
    plugin: str
    versions: dict[str, str | None]

    def differences(self, other: "ModelRecord") -> list[str]:
        """Which of the things that make one model what it is are others in `other`."""
        names = (
            "learner", "base", "config", "dataset_sha256", "protocol", "protocol_options", "device",
            "code",
        )  # fmt: skip
        return [name for name in names if getattr(self, name) != getattr(other, name)]


class SeedRecord(BaseModel):
    """One member of the ensemble. epochs: trained on all ratings; validation_mae: of the search
    that chose them, None without one; seconds: of search and training; tree: of the state;
    sha256: of its tensors' file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    seed: int
    epochs: int
    validation_mae: float | None = None
    seconds: float
    parameters: int
    tree: Any
    sha256: str = ""


@dataclass(frozen=True)
class ModelFolder:
    """A stored model on disk; the constructor reads nothing."""

    path: Path

    @property
    def exists(self) -> bool:
        """Whether a model is there, whole or not."""
        return (self.path / "model.json").exists()

    def create(self, record: ModelRecord, known: Known) -> None:
        """A new model without any seed; raises UsageError where the folder holds something else."""
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise UsageError(f"{self.path} is no model and not empty: choose another --out")
        tensors, plain = known.packed()
        with set_aside(self.path) as folder:
            (folder / "seeds").mkdir()
            write_tensors(folder / "catalogue.safetensors", tensors)
            write(folder / "catalogue.json", json.dumps(plain).encode())
            write(folder / "model.json", record.model_dump_json(indent=1).encode())
            if self.path.exists():
                self.path.rmdir()

    def update(self, record: ModelRecord) -> None:
        """Another record of the same model: more seeds are wanted."""
        aside = self.path / f".model.{secrets.token_hex(4)}"
        write(aside, record.model_dump_json(indent=1).encode())
        aside.replace(self.path / "model.json")

    @contextmanager
    def replaced(self) -> Iterator[None]:
        """Puts the model, if one is there, aside, and back unless a seed of a new one is stored."""
        if not self.exists:
            yield
            return
        aside = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}.old")
        self.path.rename(aside)
        try:
            yield
        finally:
            if self.stored():
                shutil.rmtree(aside)
            else:
                shutil.rmtree(self.path, ignore_errors=True)
                aside.rename(self.path)

    def record(self) -> ModelRecord:
        """What the model is; raises StoreError for none, a damaged or a newer one."""
        if not self.exists:
            raise StoreError(f"{self.path} is no model: make one with `coldbench train`")
        data = read_json(self.path / "model.json")
        if data.get("schema_version", 0) > SCHEMA:
            raise StoreError(f"{self.path}: written by a newer coldbench; update this one")
        record: ModelRecord = parsed(ModelRecord, data, self.path / "model.json")
        return record

    def known(self) -> Known:
        """The catalogue of the training data."""
        plain = read_json(self.path / "catalogue.json")
        file = self.path / "catalogue.safetensors"
        try:
            return unpacked(read_tensors(file), plain)
        except (KeyError, TypeError, ValueError) as error:
            raise damaged(file, error) from None

    def stored(self) -> tuple[int, ...]:
        """The seeds that are there, sorted."""
        names = (file.parent.name for file in (self.path / "seeds").glob("*/seed.json"))
        return tuple(sorted(int(name) for name in names if name.isdecimal()))

    @contextmanager
    def adding(self, record: SeedRecord, state: State) -> Iterator[Path]:
        """Writes a seed aside, yields its folder to look at, then makes it part of the model."""
        with set_aside(self.path / "seeds" / str(record.seed)) as folder:
            sha256 = write_tensors(folder / "state.safetensors", dict(state.tensors))
            data = {**record.model_dump(mode="json"), "sha256": sha256}
            write(folder / "seed.json", json.dumps(data).encode())
            yield folder

    def seed(self, seed: int) -> tuple[SeedRecord, State]:
        """One member, from the disk."""
        return read_seed(self.path / "seeds" / str(seed))

    def sweep(self) -> None:
        """Removes what an interrupted training has left; call it with the lock of the training."""
        for folder in (self.path / "seeds").glob(".*"):
            shutil.rmtree(folder, ignore_errors=True)

    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())


def read_seed(folder: Path) -> tuple[SeedRecord, State]:
    """A member from its folder; raises StoreError where it is damaged or was edited."""
    file = folder / "state.safetensors"
    record: SeedRecord = parsed(SeedRecord, read_json(folder / "seed.json"), folder / "seed.json")
    tensors = read_tensors(file, record.sha256)
    return record, State(tensors, record.tree)
