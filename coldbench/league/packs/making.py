"""A complete study of one revision becomes a reference pack."""

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median

from coldbench import registry
from coldbench.data import ARCHIVES
from coldbench.errors import StoreError, UsageError, shorten
from coldbench.league.packs.archive import packed
from coldbench.league.packs.facts import MEMBERS, NAMED, PackFacts, machine_of, planned, sums
from coldbench.league.packs.index import listed_sha256
from coldbench.league.packs.opening import FACTS, Pack, open_pack
from coldbench.report import build
from coldbench.running import RunRecord, seal
from coldbench.study import Manifest, Study, describe, pack, refuse_mixed, verify
from coldbench.text import frame_to_csv, listed

__all__ = ["Naming", "make_pack"]


@dataclass(frozen=True)
class Naming:
    """What a study does not say of its pack: as in `PackFacts`. several: take runs of several
    revisions of coldbench too."""

    name: str
    release: int
    created: str
    edition: str = ""
    obtain: str = ""
    licence: str = ""
    several: bool = False


def make_pack(study: Study, naming: Naming, out: Path) -> Pack:
    """Write a pack and open it again; the same study and naming give the same bytes.

    Raises UsageError for a name that no pack can have, StoreError for a study that is damaged or
    incomplete, or whose runs are of mixed code or of several revisions, and where `out` exists.
    """
    if not re.fullmatch(NAMED, naming.name):
        raise UsageError(
            f"{shorten(naming.name)} cannot name a pack: use small letters, digits, '.', '_', '-'"
        )
    if out.exists():
        raise StoreError(f"{out} exists: a pack is never replaced, choose another --out")
    records = _sound(study)
    _check_revisions(study, records, naming.several)
    files = _files(study)
    facts = _facts(study.manifest, records, naming, files)
    data = json.loads(facts.model_dump_json())
    text = json.dumps({**data, "sha256": seal(data)}, indent=1).encode()
    made = packed({FACTS: text, **files})
    _check_new(facts.title, made)
    Study(out.parent).keep(out.name, made)
    return open_pack(out)


def _check_new(title: str, made: bytes) -> None:
    """A release that is listed has its bytes already."""
    if listed_sha256(title) not in ("", sha256(made).hexdigest()):
        raise StoreError(
            f"this coldbench lists another {title}, and a release is never replaced: choose "
            "another --release or --name"
        )


def _sound(study: Study) -> list[RunRecord]:
    verdict = verify(study.path)
    if wrong := verdict.of("damage"):
        raise StoreError(f"{study.path} makes no pack: {wrong[0]}")
    if holes := verdict.of("hole"):
        named = ", ".join(hole.text.partition(" was ")[0] for hole in holes[:3])
        raise StoreError(
            f"{study.path} makes no pack: {len(holes)} of {verdict.planned} planned runs are "
            f"missing ({named}{', ...' if len(holes) > 3 else ''}); finish them first"
        )
    if study.manifest.data.frames:
        raise StoreError(f"{study.path} makes no pack: its data were handed in as data frames")
    records = list(study.records())
    refuse_mixed(records, study.path)
    return records


def _check_revisions(study: Study, records: Sequence[RunRecord], several: bool) -> None:
    """The harness is a part of every number: learners of one pack are compared under one."""
    counted = Counter(_origin(record) for record in records)
    if len(counted) > 1 and not several:
        told = listed([f"{name[:12]} ({n} runs)" for name, n in counted.most_common()])
        raise StoreError(
            f"{study.path} makes no pack: its runs are of {len(counted)} revisions of coldbench, "
            f"{told}; run all at one, or say --several-revisions where these do not matter"
        )


def _origin(record: RunRecord) -> str:
    """The revision of coldbench, or its version where it ran outside a checkout."""
    return str(record.provenance.get("revision") or _version(record))


def _version(record: RunRecord) -> str:
    return str((record.provenance.get("libraries") or {}).get("coldbench") or "unknown")


def _files(study: Study) -> dict[str, bytes]:
    """The packed study, in the order of a pack."""
    with tempfile.TemporaryDirectory(prefix="coldbench-pack-") as folder:
        place = Path(folder) / "study"
        pack(study, place, lambda: _summary(study))
        return {name: (place / name).read_bytes() for name in MEMBERS if (place / name).exists()}


def _summary(study: Study) -> dict[str, str]:
    """Also sees to it that the digest is of all predictions that are at hand."""
    data = build(study)
    _ = data.digest
    return {"summary.csv": frame_to_csv(data.summary)}


def _facts(
    manifest: Manifest, records: Sequence[RunRecord], naming: Naming, files: Mapping[str, bytes]
) -> PackFacts:
    data, plan = manifest.data, planned(manifest)
    return PackFacts(
        name=naming.name,
        release=naming.release,
        created=naming.created,
        edition=naming.edition,
        obtain=naming.obtain or _obtain(plan["dataset"]),
        licence=naming.licence or _licence(plan["dataset"]),
        **plan,
        **{key: getattr(data, key) for key in ("rows_sha256", "content_sha256")},
        **{key: getattr(data, key) for key in ("ratings", "users", "items")},
        tuned={
            name: describe(budget, manifest.learners[name])
            for name, budget in manifest.tuning.items()
        },
        seconds=_seconds(manifest, records),
        machines=_sorted(machine_of(record.provenance) for record in records),
        versions=_sorted(_version(record) for record in records),
        revisions=_sorted(str(record.provenance.get("revision") or "") for record in records),
        dirty=any(bool(record.provenance.get("dirty")) for record in records),
        members=sums(files.items()),
    )


def _seconds(manifest: Manifest, records: Sequence[RunRecord]) -> dict[str, float]:
    known = {
        name: [
            r.seconds["total"] for r in records if r.job.learner == name and "total" in r.seconds
        ]
        for name in manifest.learners
    }
    return {name: median(values) for name, values in known.items() if values}


def _sorted(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))


def _obtain(dataset: str) -> str:
    if dataset == "synthetic":
        return "coldbench makes them"
    if dataset in ARCHIVES:
        return f"`coldbench data download {dataset}`"
    return "see docs/data.md; then say where they are with --data FOLDER"


def _licence(dataset: str) -> str:
    known = dataset in registry.names("dataset")
    return str(registry.load("dataset", dataset).licence) if known else "that of its files"
