"""A study as a few files, to commit or to send: plan, all records in one file, digest, summary."""

import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from coldbench.errors import StoreError
from coldbench.study.packed import NAME, packed_bytes
from coldbench.study.store import Study
from coldbench.study.verification import verify

__all__ = ["pack"]

BESIDE = ("audit.json", "digest.json", "published.yaml")  # go along where the study has them


def pack(
    study: Study, out: Path, more: Callable[[], Mapping[str, str]] = dict, partial: bool = False
) -> list[Path]:
    """Write the packed form of a study into `out`: a new folder, or the study's own, where runs/
    stays as it is. The same records give the same bytes, packed or not.

    more: makes texts by file name, such as a summary; partial: also when planned runs are missing.
    Raises StoreError, before anything is written, when a study is damaged or not finished.
    """
    _ready(study, partial)
    texts = more()  # before the digest, which a report may make anew
    files = {
        "study.json": study.manifest.model_dump_json(indent=1).encode(),
        NAME: packed_bytes(study.contents(job_hash) for job_hash in study.stored()),
        **{name: text.encode() for name, text in texts.items()},
    }
    for name in BESIDE:
        if (study.path / name).exists():
            files[name] = (study.path / name).read_bytes()
    if out.resolve() == study.path.resolve():
        for name, data in files.items():
            study.keep(name, data)
        del study.packed  # read again
    else:
        _write_new(out, files)
    return [out / name for name in files]


def _ready(study: Study, partial: bool) -> None:
    verdict = verify(study.path)
    if wrong := verdict.of("damage"):
        more = f" (and {len(wrong) - 1} more: `coldbench verify`)" if len(wrong) > 1 else ""
        raise StoreError(f"{study.path} is not packed: {wrong[0]}{more}")
    holes = verdict.of("hole")
    if holes and not partial:
        named = ", ".join(hole.text.partition(" was ")[0] for hole in holes[:3])
        raise StoreError(
            f"{study.path} lacks {len(holes)} of {verdict.planned} planned runs ({named}"
            f"{', ...' if len(holes) > 3 else ''}): finish them, or pack with --partial"
        )


def _write_new(out: Path, files: Mapping[str, bytes]) -> None:
    """The whole folder or none."""
    aside = out.with_name(f".{out.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        if out.exists() and any(out.iterdir()):
            raise StoreError(f"{out} is not empty: choose another --out")
        aside.mkdir(parents=True)
        for name, data in files.items():
            (aside / name).write_bytes(data)
        if out.exists():
            out.rmdir()
        aside.rename(out)
    except OSError as error:
        raise StoreError(f"cannot write to {out}: {error.strerror or error}") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
