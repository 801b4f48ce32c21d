"""The studies of a folder, a line each: also those that cannot be read."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coldbench.cli.facts.runs import counts
from coldbench.errors import ColdbenchError, StoreError
from coldbench.study import Study

__all__ = ["studies_in"]


def studies_in(folder: Path) -> list[dict[str, Any]]:
    """Facts about a study, or about each study right below a folder or in a folder of studies
    there; raises StoreError for a folder without any."""
    if (folder / "study.json").exists():
        return [_facts(folder, folder.resolve().name)]
    files = [*folder.glob("*/study.json"), *folder.glob("*/*/study.json")]
    if not files:
        raise StoreError(f"no study in {folder}: start one with `coldbench run`")
    paths = sorted(file.parent for file in files)
    return [_facts(path, path.relative_to(folder).as_posix()) for path in paths]


def _facts(path: Path, name: str) -> dict[str, Any]:
    """problem: why a study cannot be read, `` for one that can."""
    changed = datetime.fromtimestamp(max(_times(path)), UTC).isoformat(timespec="seconds")
    about = {"name": name, "path": path, "changed": changed}
    try:
        return {**about, **_contents(Study.open(path)), "problem": ""}
    except ColdbenchError as error:
        return {**about, "problem": str(error)}


def _contents(study: Study) -> dict[str, Any]:
    manifest = study.manifest
    records = [study.contents(job_hash) for job_hash in study.stored()]
    revisions = [(record.get("provenance") or {}).get("revision") for record in records]
    return {
        "dataset": manifest.fixed["dataset"],
        "protocol": manifest.fixed["protocol"],
        "learners": [name for name in manifest.learners if name not in manifest.yardsticks],
        "yardsticks": list(manifest.yardsticks),
        "seeds": len({job.seed for job in manifest.jobs}),
        "runs": counts([str(record.get("status")) for record in records], len(manifest.jobs)),
        "revisions": list(dict.fromkeys(name for name in revisions if name)),
    }


def _times(path: Path) -> Iterator[float]:
    for name in ("study.json", "records.jsonl", "runs"):
        if (path / name).exists():
            yield (path / name).stat().st_mtime
