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
    STUDY,
    TUNING,
    Environment,
    Submission,
    entry_bytes,
)
from coldbench.league.entries.source import source_of
from coldbench.league.entries.tuned import tuning_text
from coldbench.running import RunRecord, code_of
from coldbench.study import OWN, Entered, Study, alone_of, stored_entry, verify

__all__ = ["environment_of", "write_entry"]

FACTS = ("python", "platform", "processor", "revision")


def write_entry(
    entered: Path, folder: Path, facts: Mapping[str, Any], history: Path | None = None
) -> Submission:
    """Write an entry into a new folder, the whole or nothing; the same study gives the same bytes.

    entered: the folder that `coldbench enter` left; facts: of the learner, as `coldbench describe
    --json` has them; history: of `coldbench tune`, where the learner was tuned. Raises UsageError
    for a learner that was not joined, for code that is not what ran and for a source that cannot
    be handed over, StoreError for a study that is damaged or incomplete.
    """
    if folder.exists():
        raise StoreError(f"{folder} exists: an entry is never replaced, choose another folder")
    kept = _joined(entered)
    own = Study.open(entered / OWN)
    manifest, learner = own.manifest, kept.learner
    study = alone_of(own, (learner, kept.sentinel))
    records = [one for one in own.records() if one.job.learner == learner]
    base = str(manifest.learners[learner]["base"])
    _check_code(base, records)
    source = source_of(base)
    files = {f"{STUDY}/{name}": data for name, data in study.items()}
    files |= {f"{PLUGIN}/{name}": data for name, data in source.files.items()}
    files[CARD] = card_text(facts, manifest.learners[learner]).encode()
    if budget := manifest.tuning.get(learner):
        files[TUNING] = tuning_text(learner, budget, history).encode()
    entry = Submission(
        entered=kept,
        plugin=source.plugin,
        environment=environment_of(records),
        tuned=TUNING in files,
        files={name: sha256(files[name]).hexdigest() for name in sorted(files)},
    )
    _write(folder, {**files, ENTRY: entry_bytes(entry)})
    return entry


def _joined(folder: Path) -> Entered:
    kept = stored_entry(folder)
    if kept is None:
        raise UsageError(f"{folder} holds no entry: run `coldbench enter LEARNER --reference PACK`")
    if kept.status != "joined":
        raise UsageError(
            f"{kept.learner!r} was not joined with {kept.pack} ({kept.status}): only what "
            "`coldbench enter` has joined can be submitted"
        )
    return kept


def _check_code(base: str, records: Sequence[RunRecord]) -> None:
    """What is handed over is what ran."""
    now = code_of(base)
    ran = {record.code for record in records}
    if ran != {now}:
        raise UsageError(
            f"the runs of {base!r} are of code {', '.join(sorted(ran)) or 'unknown'}, its package "
            f"is of {now or 'unknown'} now: run it again with `coldbench enter`, then submit"
        )


def environment_of(records: Iterable[RunRecord]) -> Environment:
    """What the records say of versions and machine."""
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
    verdict = verify(folder / STUDY)
    for wrong in (*verdict.of("damage"), *verdict.of("hole")):
        raise StoreError(f"no entry is made of this study: {wrong.text}")
