"""Entries that were edited by somebody who knows how they are sealed."""

import json
from collections.abc import Callable, Container
from hashlib import sha256
from pathlib import Path
from typing import Any

from coldbench.league.entries.form import ENTRY, REVIEW, Submission, entry_bytes
from coldbench.running.encoding import seal
from coldbench.study.packed import packed_bytes
from coldbench.study.store import Study

__all__ = ["forged", "resealed"]

Edit = Callable[[dict[str, Any]], None]


def forged(entry: Path, edit: Edit, jobs: Container[str] | None = None) -> Path:
    """The entry with edited records, of these jobs only where any are named; every seal holds."""
    study = Study.open(entry / "study")
    records = [study.contents(job) for job in study.stored() if jobs is None or job in jobs]
    for record in records:
        edit(record)
        record["sha256"] = seal(record)
    (entry / "study" / "records.jsonl").write_bytes(packed_bytes(records))
    return resealed(entry)


def resealed(entry: Path, **facts: Any) -> Path:
    """The entry with other facts, and hashes of the files that are there."""
    data = {**json.loads((entry / ENTRY).read_text()), **facts}
    files = (
        file for file in entry.rglob("*") if file.is_file() and file.name not in (ENTRY, REVIEW)
    )
    places = {file.relative_to(entry).as_posix(): file for file in sorted(files)}
    hashes = {name: sha256(file.read_bytes()).hexdigest() for name, file in places.items()}
    kept = Submission.model_validate({**data, "files": hashes})
    (entry / ENTRY).write_bytes(entry_bytes(kept))
    return entry
