"""A study on disk: one finished job = one folder, written aside and renamed. Nothing is lost.

<study>/study.json                      what must not change, and every planned job
<study>/digest.json                     sums over predictions (`coldbench.study.digest`), if made
<study>/audit.json                      what audits found (`coldbench.study.audits`), if made
<study>/published.yaml                  published values to compare with, if given
<study>/runs/<job hash>/record.json     RunRecord
<study>/runs/<job hash>/predictions.parquet   row, score, scenario, shots
<study>/runs/<job hash>/traceback.txt   of a run that failed, as in its record
<study>/aside/<number>/                 a study of runs that later ones replace, or of a learner
                                        that was taken out (`coldbench.study.changes`)
<study>/records.jsonl                   all records in one file (`coldbench pack`); a study may have
                                        both: runs made since, or those whose predictions are here
"""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from coldbench.errors import StoreError
from coldbench.learning import Predictions
from coldbench.running import Outcome, RunRecord, decode, seal
from coldbench.study.changes import set_aside, short_seal
from coldbench.study.files import alive, host, parse, read, sync, validated, write
from coldbench.study.manifest import Manifest, Planned
from coldbench.study.packed import NAME as PACKED
from coldbench.study.packed import Packed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["TRACE", "Manifest", "Planned", "Study", "latest_study", "trace_bytes"]

TRACE = "traceback.txt"
LISTED = "`coldbench studies FOLDER` lists the studies in a folder"


class Study:
    """A folder of runs. Several processes may write at once: one winner for each job."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.runs = self.path / "runs"
        self._read: tuple[tuple[int, ...], Manifest] | None = None
        self._seen: int | None = None  # changes in the history that this process knows of

    @classmethod
    def open(cls, path: Path) -> "Study":
        """An existing study; raises StoreError when there is none or it cannot be read."""
        study = cls(path)
        _ = study.manifest
        return study

    @classmethod
    def planned(cls, path: Path, new: Manifest) -> "Study":
        """Create the study or add the jobs of a plan to it; refuses to mix configurations."""
        study = cls(path)

        def add() -> Manifest:
            exists = (path / "study.json").exists()
            return study.manifest.merged(new, path) if exists else new

        study.amend(add)
        study._sweep()
        return study

    def amend(self, make: Callable[[], Manifest]) -> None:
        """Write the plan that `make` returns, whole or not at all; nobody else writes meanwhile."""
        try:
            self.runs.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path / ".lock", timeout=60):
                new = make()
                write(self.path / "study.json", new.model_dump_json(indent=1))
                self._seen = len(new.history)
                self._clear(new)
        except OSError as error:
            raise StoreError(f"cannot write to {self.path}: {error.strerror or error}") from None

    def _clear(self, manifest: Manifest) -> None:
        """Move the runs that were set aside where they are kept; a later writer mends a failure."""
        for job_hash in {job for change in manifest.history for job in change.runs}:
            with suppress(OSError, StoreError):
                self._move_aside(job_hash)

    @property
    def manifest(self) -> Manifest:
        """study.json, read again when the file has changed; raises StoreError."""
        file = self.path / "study.json"
        if not file.exists():
            raise StoreError(f"{self.path} is not a study: {_why(self.path)}")
        facts = file.stat()
        version = facts.st_ino, facts.st_mtime_ns, facts.st_size
        if self._read is None or self._read[0] != version:
            self._read = version, parse(Manifest, file)
            if self._seen is None:
                self._seen = len(self._read[1].history)
        return self._read[1]

    @cached_property
    def packed(self) -> Packed:
        """The records that lie in one file; read once."""
        return Packed(self.path / PACKED)

    def status(self, job_hash: str) -> str | None:
        """The status of a stored run, or None."""
        data = self._current(job_hash)
        if data is None:
            return None
        record: RunRecord = validated(RunRecord, data, self.place(job_hash))
        return record.status

    def stored(self) -> list[str]:
        """The job hashes of all stored runs in the order of the plan; then those of no plan."""
        order = {job.job_hash: place for place, job in enumerate(self.manifest.jobs)}
        folders = {file.parent.name for file in self.runs.glob("*/record.json")}
        hashes = {name for name in folders if not name.startswith(".")} | set(self.packed)
        replaced = {job for change in self.manifest.history for job in change.runs} & hashes
        hashes -= {name for name in replaced if self.is_aside(name)}
        return sorted(hashes, key=lambda name: (order.get(name, len(order)), name))

    def records(self) -> Iterator[RunRecord]:
        """Every stored record, in the order of the plan; then those that no plan names."""
        manifest = self.manifest
        for job_hash in self.stored():
            record = self.record(job_hash)
            mismatches = manifest.mismatches(record.job)
            if mismatches:
                place = self.place(job_hash)
                raise StoreError(f"{place}: of another configuration: {'; '.join(mismatches)}")
            yield record

    def record(self, job_hash: str) -> RunRecord:
        """One stored record; raises StoreError when damaged, foreign or edited."""
        data, place = self.contents(job_hash), self.place(job_hash)
        record: RunRecord = validated(RunRecord, data, place)
        if not record.job_hash == record.job.hash == job_hash:
            raise StoreError(f"{place}: the job does not match its hash; the file was edited")
        if record.sha256 and record.sha256 != seal(data):
            raise StoreError(f"{place}: the record does not match its hash; the file was edited")
        return record

    def place(self, job_hash: str) -> Path:
        """Where a record stands, for messages: its file, or `file:line` where it is packed."""
        file = self._file(job_hash)
        here = file.exists() or job_hash not in self.packed
        return file if here else self.packed.place(job_hash)

    def contents(self, job_hash: str) -> dict[str, Any]:
        """A record as it was written; raises StoreError where it is damaged, or both in a folder
        and packed, unless they are equal or a run that had failed was repeated since."""
        data = self._current(job_hash)
        if data is None:
            file = self._file(job_hash)
            raise StoreError(f"{file}: was set aside" if file.exists() else f"no run in {file}")
        return data

    def _current(self, job_hash: str) -> dict[str, Any] | None:
        """`contents`, or None where the run is not stored, or set aside."""
        file, packed = self._file(job_hash), job_hash in self.packed
        if not packed and not file.exists():
            return None
        gone = set_aside(self.manifest.history, job_hash) if self._has_plan() else {}
        data = read(file) if file.exists() else None
        if data is not None and gone and short_seal(data) in gone:
            data = None
        if not packed:
            return data
        packed_record = self.packed.record(job_hash)
        if gone and short_seal(packed_record) in gone:
            return data
        if data is None:
            return packed_record
        if data != packed_record and packed_record.get("status") == "finished":
            other = self.packed.place(job_hash)
            raise StoreError(f"{file}: differs from the record of the same run in {other}")
        return data

    def _has_plan(self) -> bool:
        return (self.path / "study.json").exists()

    def is_aside(self, job_hash: str) -> bool:
        """Whether a run is here and counts as not there; a damaged one does not."""
        try:
            here = job_hash in self.packed or self._file(job_hash).exists()
            return here and self._current(job_hash) is None
        except StoreError:
            return False

    def _gone_folder(self, job_hash: str) -> str:
        """Where the run in a job's folder is to be kept, or empty where it was not set aside."""
        gone = set_aside(self.manifest.history, job_hash) if self._has_plan() else {}
        file = self._file(job_hash)
        return gone.get(short_seal(read(file)), "") if gone and file.exists() else ""

    def _move_aside(self, job_hash: str) -> None:
        folder = self._gone_folder(job_hash)
        if folder:
            kept = self.path / folder / "runs"
            kept.mkdir(parents=True, exist_ok=True)
            (self.runs / job_hash).rename(kept / job_hash)

    def files(self, job_hash: str) -> dict[str, bytes]:
        """The files of a run, by the names that they have in its folder."""
        names = ("record.json", "predictions.parquet", TRACE)
        files = [self.runs / job_hash / name for name in names]
        text = json.dumps(self.contents(job_hash), indent=1)
        here = not self._gone_folder(job_hash)
        found = {file.name: file.read_bytes() for file in files if here and file.exists()}
        return {"record.json": text.encode(), **found}

    def _file(self, job_hash: str) -> Path:
        return self.runs / job_hash / "record.json"

    def results(self) -> "pd.DataFrame":
        """One row for each run, scenario, metric and number of shots (-1: all support ratings), in
        plan order; columns as in `coldbench.runs`."""
        from coldbench.study.rows import rows_of

        return rows_of(self.records())

    def predictions(self, job_hash: str) -> Predictions | None:
        """The predictions of a run, or None where only its record was kept."""
        file = self.runs / job_hash / "predictions.parquet"
        if not self.has_predictions(job_hash):
            return None
        try:
            return decode(file.read_bytes())
        except (OSError, ValueError) as error:
            raise StoreError(f"{file} is damaged: {error}") from None

    def trace(self, record: RunRecord) -> Path | None:
        """Where the whole traceback of a run that failed can be read; None where there is none."""
        file = self.runs / record.job_hash / TRACE
        known = file if file.exists() else self.place(record.job_hash)
        return known if record.traceback else None

    def has_predictions(self, job_hash: str) -> bool:
        """Whether the predictions of a run are stored in this copy of the study."""
        kept = (self.runs / job_hash / "predictions.parquet").exists()
        return kept and not self._gone_folder(job_hash)

    def save(self, outcome: Outcome) -> bool:
        """Store a run atomically; False when a finished one was there first, or when its learner
        was taken out or set to run again since this process opened the study."""
        record = outcome.record
        files: dict[str, str | bytes] = {"record.json": _sealed(record)}
        if outcome.parquet:
            files["predictions.parquet"] = outcome.parquet
        if record.traceback:
            files[TRACE] = trace_bytes(record)
        return self.put(record.job_hash, files, record.job.learner)

    def put(self, job_hash: str, files: Mapping[str, str | bytes], learner: str = "") -> bool:
        """Store the files of a run atomically; False as for `save`, which names the learner."""
        target = self.runs / job_hash
        token = f".{job_hash}.{os.getpid()}.{secrets.token_hex(4)}.{host()}"
        temporary = self.runs / token
        try:
            temporary.mkdir(parents=True)
            for name, data in files.items():
                write(temporary / name, data)
            return self._publish(temporary, target, learner)
        except OSError as error:
            raise StoreError(f"cannot write to {target}: {error.strerror or error}") from None
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def keep(self, name: str, text: str | bytes) -> None:
        """Write a file beside study.json, whole or not at all."""
        try:
            write(self.path / name, text)
        except OSError as error:
            reason = error.strerror or error
            raise StoreError(f"cannot write to {self.path / name}: {reason}") from None

    def _publish(self, temporary: Path, target: Path, learner: str) -> bool:
        with FileLock(self.path / ".lock", timeout=60):
            if self._is_overtaken(learner) or self.status(target.name) == "finished":
                return False
            self._move_aside(target.name)
            if target.exists():
                shutil.rmtree(target)
            temporary.rename(target)
        sync(self.runs)
        return True

    def keep_aside(self, folder: str, manifest: Manifest, jobs: Iterable[str]) -> None:
        """Make the folder that is to keep runs of this study, with what lies in no folder to move;
        what a change left there that was never made goes."""
        kept = self.path / folder
        shutil.rmtree(kept, ignore_errors=True)
        (kept / "runs").mkdir(parents=True)
        write(kept / "study.json", manifest.model_dump_json(indent=1))
        for job_hash in jobs:
            if not self._file(job_hash).exists():
                (kept / "runs" / job_hash).mkdir()
                for name, data in self.files(job_hash).items():
                    write(kept / "runs" / job_hash / name, data)

    def _is_overtaken(self, learner: str) -> bool:
        if not self._has_plan():
            return False
        history = self.manifest.history
        return any(change.learner == learner for change in history[self._seen :])

    def _sweep(self) -> None:
        """Remove what writers of this machine that died have left."""
        for folder in self.runs.glob(".*.*.*"):
            _, _, process, _, *where = folder.name.split(".")
            if where in ([], [host()]) and process.isdigit() and not alive(int(process)):
                shutil.rmtree(folder, ignore_errors=True)


def latest_study(root: Path) -> Path:
    """The study under `root` whose runs changed last; raises StoreError when there is none."""
    studies = [file.parent for file in root.glob("*/study.json")]
    if not studies:
        raise StoreError(f"no study in {root}: start one with `coldbench run`, or name its folder")
    return max(studies, key=lambda path: ((path / "study.json").stat().st_mtime, path.name))


def trace_bytes(record: RunRecord) -> bytes:
    """The file of a record's traceback."""
    return record.traceback.encode("utf-8", "backslashreplace")


def _sealed(record: RunRecord) -> str:
    data = json.loads(record.model_dump_json(exclude={"sha256"}))
    return json.dumps({**data, "sha256": seal(data)}, indent=1)


def _why(folder: Path) -> str:
    """Why a folder without study.json is none, and how to find one."""
    if not folder.exists():
        return f"there is no such folder; {LISTED}"
    inside = sorted(file.parent.name for file in folder.glob("*/study.json"))
    names = f"{', '.join(inside[:9])}{', ...' if inside[9:] else ''}"
    return (
        f"it holds the studies {names}: name one of them"
        if inside
        else f"it has no study.json; {LISTED}"
    )
