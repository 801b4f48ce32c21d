"""The checks of `coldbench verify` that need no data: plan, records, predictions, provenance."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coldbench.errors import StoreError, shorten
from coldbench.running import RunRecord, fingerprint
from coldbench.study.again import job_of
from coldbench.study.audits import AUDITS, stored_audits
from coldbench.study.manifest import Manifest
from coldbench.study.store import TRACE, Study, trace_bytes
from coldbench.study.verification.consistency import consistency
from coldbench.study.verification.finding import Finding, damage

__all__ = ["Verdict", "verify"]

FILES = {"record.json", "predictions.parquet", TRACE}


@dataclass(frozen=True)
class Verdict:
    """planned and stored count runs; predictions: runs whose predictions are kept too."""

    planned: int
    stored: int
    predictions: int
    findings: list[Finding]

    def of(self, kind: str) -> list[Finding]:
        """The findings of a kind."""
        return [finding for finding in self.findings if finding.kind == kind]

    @property
    def intact(self) -> bool:
        """Nothing is damaged; runs may be missing."""
        return not self.of("damage")

    @property
    def passed(self) -> bool:
        """Nothing is damaged and no planned run is missing."""
        return self.intact and not self.of("hole")


def verify(path: Path) -> Verdict:
    """Check every file of a study; raises StoreError when its plan cannot be read at all."""
    study = Study.open(path)
    manifest = study.manifest
    findings = [*_plan(study, manifest)]
    faults = study.packed.faults
    if faults:  # no record of the file can be trusted before it is mended
        findings += [damage(study.packed.line(number), text) for number, text in faults]
        return Verdict(len(manifest.jobs), 0, 0, findings)
    records: list[RunRecord] = []
    stored = set(study.stored())
    for name, found in _runs(study, manifest):
        findings += found
        if name in stored and not any(one.kind == "damage" for one in found):
            records.append(study.record(name))
    findings += consistency(study, records)
    kept = sum(study.has_predictions(record.job_hash) for record in records)
    findings += [*_holes(study, manifest), *_audits(study)]
    return Verdict(len(manifest.jobs), len(records), kept, findings)


def _runs(study: Study, manifest: Manifest) -> Iterator[tuple[str, list[Finding]]]:
    """The findings about each run, in a folder or packed, in the order of their names."""
    folders = {folder.name: folder for folder in _folders(study)}
    for name in sorted({*folders, *study.packed}):
        if name in folders:
            yield name, list(_folder(study, manifest, folders[name]))
        elif not study.is_aside(name):
            yield name, list(_run(study, manifest, name))


def _folders(study: Study) -> list[Path]:
    return list(study.runs.iterdir()) if study.runs.is_dir() else []


def _plan(study: Study, manifest: Manifest) -> Iterator[Finding]:
    """Each planned job has the hash of what study.json says of it, and appears once."""
    file = study.path / "study.json"
    seen: set[str] = set()
    for planned in manifest.jobs:
        name = f"job {shorten(planned.job_hash)}"
        if planned.job_hash in seen:
            yield damage(file, f"{name} is planned twice")
        seen.add(planned.job_hash)
        if planned.learner not in manifest.learners:
            yield damage(file, f"{name}: no configuration of {shorten(planned.learner)}")
        elif _hash(manifest, planned.learner, planned.seed) != planned.job_hash:
            yield damage(file, f"{name} does not match its hash; the file was edited")
    for text in _departures(manifest):
        yield damage(file, text)


def _departures(manifest: Manifest) -> Iterator[str]:
    for departure in (one for one in manifest.departures if not one.left_out):
        for name in (departure.label, departure.base):
            if name not in manifest.learners:
                yield f"departure {shorten(departure.label)}: no configuration of {shorten(name)}"


def _hash(manifest: Manifest, learner: str, label: str) -> str:
    """The hash of the job of a learner at a seed label, as study.json describes it."""
    try:
        return job_of(manifest, learner, label).hash
    except (KeyError, TypeError, ValueError):
        return ""


def _folder(study: Study, manifest: Manifest, folder: Path) -> Iterator[Finding]:
    if folder.name.startswith(".") and not folder.is_symlink():
        yield Finding("note", folder, "left by a writer that stopped; the next run removes it")
        return
    if folder.is_symlink() or not folder.is_dir():
        yield damage(folder, "a link or a file where only folders of runs belong")
        return
    for file in folder.iterdir():
        if file.name not in FILES or file.is_symlink() or not file.is_file():
            yield damage(file, "does not belong here")
    if study.is_aside(folder.name):
        yield Finding("note", folder, "was set aside; the next run moves it there")
        return
    yield from _run(study, manifest, folder.name)


def _run(study: Study, manifest: Manifest, job_hash: str) -> Iterator[Finding]:
    place = study.place(job_hash)
    try:
        record = study.record(job_hash)
    except StoreError as error:
        yield damage(place, error)
        return
    yield from _record(manifest, record, place)
    yield from _predictions(study, record)
    trace = study.runs / job_hash / TRACE
    if trace.exists() and trace.read_bytes() != trace_bytes(record):
        yield damage(trace, "is not the traceback of its record")


def _record(manifest: Manifest, record: RunRecord, file: Path) -> Iterator[Finding]:
    mismatches = manifest.mismatches(record.job)
    if mismatches:
        yield damage(file, f"of another configuration: {'; '.join(mismatches)}")
    elif record.job_hash not in {job.job_hash for job in manifest.jobs}:
        yield damage(file, "in no plan of this study; use `coldbench merge` to add runs")
    if not record.sha256:
        yield damage(file, "has no hash of its contents")
    finished = record.status == "finished"
    if finished != bool(record.predictions_sha256) or (record.scores and not finished):
        yield damage(file, f"status {record.status} does not fit its scores and predictions")
    if not finished and record.status != "declined":
        yield Finding("note", file, f"{record.status}: {shorten(record.reason, 120)}")


def _predictions(study: Study, record: RunRecord) -> Iterator[Finding]:
    file = study.runs / record.job_hash / "predictions.parquet"
    try:
        predictions = study.predictions(record.job_hash)
    except StoreError as error:
        yield damage(file, error)
        return
    if predictions is not None and fingerprint(predictions) != record.predictions_sha256:
        yield damage(file, "does not match the hash in its record")


def _audits(study: Study) -> Iterator[Finding]:
    """A stored audit is unedited, and found no leak."""
    file = study.path / AUDITS
    try:
        leaking = [audit for audit in stored_audits(study).values() if audit.leaks]
    except StoreError as error:
        yield damage(file, error)
        return
    for audit in leaking:
        who = f"{shorten(audit.learner)} seed {shorten(audit.seed)}"
        yield Finding("note", file, f"{who} leaks: {shorten(str(audit.leaks[0]), 200)}")


def _holes(study: Study, manifest: Manifest) -> Iterator[Finding]:
    stored = set(study.stored())
    for job in manifest.jobs:
        if job.job_hash not in stored:
            what = f"{shorten(job.learner)} seed {shorten(job.seed)} was never finished"
            folder = study.runs / job.job_hash
            yield Finding("hole", folder, f"{what}; the command that made the study goes on")
