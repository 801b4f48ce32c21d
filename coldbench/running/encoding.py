"""Predictions and records as bytes, and what identifies their contents. Parquet and JSON only."""

import hashlib
import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from coldbench.learning import Predictions

__all__ = ["check_text", "decode", "encode", "fingerprint", "seal"]

COLUMNS = {"row": "<i8", "score": "<f4", "scenario": "<i1", "shots": "<i4"}
MOST_ROWS = 200_000_000  # of one run's predictions


def encode(predictions: Predictions) -> bytes:
    """Predictions as a Parquet file."""
    columns = {name: np.ascontiguousarray(getattr(predictions, name)) for name in COLUMNS}
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue().to_pybytes())


def decode(data: bytes) -> Predictions:
    """The reverse of `encode`; raises ValueError for anything that `encode` does not write.

    Without threads: one of Arrow's may outlive the call, and aborts the process when it lets go of
    `data` while the interpreter ends (github.com/apache/arrow/issues/34314).
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        if file.schema_arrow.names != list(COLUMNS) or file.metadata.num_rows > MOST_ROWS:
            raise ValueError("not the columns row, score, scenario, shots")
        table = file.read(use_threads=False)
        arrays = {name: table.column(name).to_numpy() for name in COLUMNS}
    except (OSError, pa.ArrowException, MemoryError, OverflowError, TypeError) as error:
        raise ValueError(" ".join(str(error).split())[:200]) from None
    for name, dtype in COLUMNS.items():
        if arrays[name].dtype != np.dtype(dtype):
            raise ValueError(f"column {name} is {arrays[name].dtype}, not {np.dtype(dtype)}")
    return Predictions(**arrays)


def fingerprint(predictions: Predictions) -> str:
    """SHA-256 of the contents, bit for bit: the same with every version of the file format."""
    digest = hashlib.sha256()
    for name, dtype in COLUMNS.items():
        array = np.ascontiguousarray(getattr(predictions, name), dtype)
        digest.update(f"{name} {dtype} {len(array)}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def check_text(data: Any) -> None:
    """Raises ValueError for JSON that holds text which is none: it could be neither shown nor
    written again."""
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"text with a half of a character, {error.object[error.start]!a}"
        ) from None


def seal(data: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON of a stored record, its own `sha256` left out."""
    rest = {key: value for key, value in data.items() if key != "sha256"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
