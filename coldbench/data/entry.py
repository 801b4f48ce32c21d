"""One prepared data set on disk: a folder of .npy files and meta.json, never a pickle.

Arrays are numbered files, listed in meta.json with name, dtype and shape, and are opened
memory-mapped, so workers share their pages.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from coldbench.data.ratings import Array, Catalogue, Field, Ratings, Scale
from coldbench.errors import DataError

__all__ = ["SCHEMA", "read_entry", "write_entry"]

SCHEMA = 1
META = "meta.json"


def write_entry(folder: Path, ratings: Ratings) -> None:
    """Write into an existing, empty folder; raises OSError."""
    arrays = {}
    for number, (name, array) in enumerate(ratings.arrays().items()):
        file = f"{number:03d}.npy"
        np.save(folder / file, np.ascontiguousarray(array), allow_pickle=False)
        arrays[name] = {"file": file, "dtype": array.dtype.str, "shape": list(array.shape)}
    catalogue = ratings.catalogue
    meta = {
        "schema": SCHEMA,
        "sha256": ratings.sha256,
        "rows_sha256": ratings.rows_sha256,
        "name": ratings.name,
        "scale": list(ratings.scale),
        "licence": ratings.licence,
        "notes": list(ratings.notes),
        "understood": list(ratings.understood),
        "warnings": list(ratings.warnings),
        "size": [catalogue.n_users, catalogue.n_items],
        "user_fields": [_describe(field) for field in catalogue.user_fields],
        "item_fields": [_describe(field) for field in catalogue.item_fields],
        "arrays": arrays,
    }
    (folder / META).write_text(json.dumps(meta), encoding="ascii")


def read_entry(folder: Path, *, verify: bool) -> Ratings:
    """Open an entry; `verify` recomputes the fingerprint, which reads every page.

    Raises DataError when the entry is damaged or from another schema.
    """
    try:
        meta = json.loads((folder / META).read_text(encoding="ascii"))
        if meta["schema"] != SCHEMA:
            raise DataError(f"schema {meta['schema']!r} instead of {SCHEMA}")
        ratings = _assemble(folder, meta)
        if verify and ratings.fingerprint() != ratings.sha256:
            raise DataError("the fingerprint does not match the contents")
    except Exception as error:
        raise DataError(f"prepared data {folder} is damaged: {error}") from error
    return ratings


def _describe(field: Field) -> dict[str, Any]:
    return {key: value for key, value in asdict(field).items() if key != "values"}


def _assemble(folder: Path, meta: dict[str, Any]) -> Ratings:
    arrays = {name: _open(folder, spec) for name, spec in meta["arrays"].items()}
    catalogue = Catalogue(
        meta["size"][0],
        meta["size"][1],
        tuple(_field(arrays, "user", spec) for spec in meta["user_fields"]),
        tuple(_field(arrays, "item", spec) for spec in meta["item_fields"]),
        arrays.get("item_title"),
    )
    return Ratings(
        name=meta["name"],
        user=arrays["user"],
        item=arrays["item"],
        value=arrays["value"],
        time=arrays.get("time"),
        scale=Scale(*meta["scale"]),
        catalogue=catalogue,
        user_id=arrays["user_id"],
        item_id=arrays["item_id"],
        best=arrays.get("best"),
        role=arrays.get("role"),
        licence=meta["licence"],
        notes=tuple(meta["notes"]),
        understood=tuple(meta.get("understood", ())),
        warnings=tuple(meta.get("warnings", ())),
        sha256=str(meta["sha256"]),
        rows_sha256=str(meta.get("rows_sha256", "")),
    )


def _open(folder: Path, spec: dict[str, Any]) -> Array:
    array: Array = np.load(folder / Path(spec["file"]).name, mmap_mode="r", allow_pickle=False)
    if array.dtype.str != spec["dtype"] or list(array.shape) != spec["shape"]:
        raise DataError(f"{spec['file']} is {array.dtype.str} {array.shape}")
    return array


def _field(arrays: dict[str, Array], owner: str, spec: dict[str, Any]) -> Field:
    values = arrays[f"{owner}.{spec['name']}"]
    return Field(spec["name"], spec["kind"], spec["size"], values, tuple(spec["labels"]))
