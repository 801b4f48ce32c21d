"""An entered study becomes an entry: what `coldbench enter --submit FOLDER` writes."""

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from coldbench.errors import StoreError, UsageError
from coldbench.league.entries.card import card_text
from coldbench.league.entries.form import (
    CARD,
    ENTRY,
    PLUGIN,
    TUNING,
    Entry,
    Environment,
    Reference,
    entry_bytes,
)
from coldbench.league.entries.source import source_of
from coldbench.league.entries.tuned import tuning_text
from coldbench.running import RunRecord, code_of
from coldbench.study import Study, alone_of, verify

__all__ = ["write_entry"]

FACTS = ("python", "platform", "processor", "revision")


def write_entry(
    entered: Study,
    learner: str,
    folder: Path,
    facts: Mapping[str, Any],
    reference: Reference,
    sentinel: str = "ridge",
    kept: Mapping[str, Any] | None = None,
    history: Path | None = None,
) -> Entry:
    """Write an entry into a new folder, the whole or nothing; the same study gives the same bytes.

    facts: of the learner, as `coldbench describe --json` has them; kept: what `coldbench enter`
    says of the run besides; history: of `coldbench tune`, where the learner was tuned. Raises
    UsageError for code that is not what ran and for a source that cannot be handed over, StoreError
    for a study that is damaged or incomplete.
    """
    if folder.exists():
        raise StoreError(f"{folder} exists: an entry is never replaced, choose another folder")
    manifest = entered.manifest
    base = str(manifest.learners[learner]["base"]) if learner in manifest.learners else learner
    study = alone_of(entered, (learner, sentinel))
    records = [one for one in entered.records() if one.job.learner == learner]
    _check_code(base, records)
    source = source_of(base)
    files = {**study, **{f"{PLUGIN}/{name}": data for name, data in source.files.items()}}
    files[CARD] = card_text(facts, manifest.learners[learner]).encode()
    if budget := manifest.tuning.get(learner):
        files[TUNING] = tuning_text(learner, budget, history).encode()
    entry = Entry(
        learner=learner,
        sentinel=sentinel,
        reference=reference,
        plugin=source.plugin,
        environment=_environment(records),
        tuned=TUNING in files,
        entered=dict(kept or {}),
        files={name: sha256(files[name]).hexdigest() for name in sorted(files)},
    )
    _write(folder, {**files, ENTRY: entry_bytes(entry)})
    return entry


def _check_code(base: str, records: Sequence[RunRecord]) -> None:
    """What is handed over is what ran."""
    now = code_of(base)
    ran = {str(record.provenance.get("code") or "") for record in records}
    if ran != {now}:
        raise UsageError(
            f"the runs of {base!r} are of code {', '.join(sorted(ran)) or 'unknown'}, its package "
            f"is of {now or 'unknown'} now: run it again with `coldbench enter`, then submit"
        )


def _environment(records: Iterable[RunRecord]) -> Environment:
    origins = [record.provenance for record in records]
    libraries = [dict(one.get("libraries") or {}) for one in origins]
    return Environment(
        **{name: _values(one.get(name) for one in origins) for name in FACTS},
        libraries={
            name: _values(one.get(name) for one in libraries)
            for name in sorted({name for one in libraries for name in one})
            if any(one.get(name) for one in libraries)
        },
    )


def _values(values: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted({str(value) for value in values if value}))


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    except OSError as error:
        raise StoreError(f"cannot write to {folder}: {error.strerror or error}") from None
    try:
        for name, data in files.items():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).write_bytes(data)
        _check_whole(aside)
        aside.chmod(0o755)
        aside.rename(folder)
    except OSError as error:
        raise StoreError(f"cannot write to {folder}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _check_whole(folder: Path) -> None:
    verdict = verify(folder)
    for wrong in (*verdict.of("damage"), *verdict.of("hole")):
        raise StoreError(f"no entry is made of this study: {wrong.text}")
