"""Prepared data: made once, stored under its content key, then opened memory-mapped.

    CACHE/prepared-SCHEMA/<key>/          an entry: see entry.py
    CACHE/prepared-SCHEMA/<sha256>.link   the key of an entry whose ratings have that fingerprint

Entries are written to a temporary folder and renamed: of several writers one wins, and nobody
sees an incomplete entry. A damaged entry is rebuilt.
"""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from coldbench.aside import written_aside
from coldbench.data.dataset import Dataset
from coldbench.data.entry import SCHEMA, read_entry, write_entry
from coldbench.data.homes import cache_home
from coldbench.data.ratings import Ratings
from coldbench.errors import DataError, shorten

SAID = ("notes", "understood", "warnings")

__all__ = ["keep", "open_cached", "open_prepared"]


def open_cached(dataset: Dataset) -> Ratings:
    """The data set's ratings, prepared on first use; raises DataError."""
    return _open_or_make(dataset.key(), dataset.load)


def keep(ratings: Ratings) -> Ratings:
    """Store ratings made from frames, which no data set can load again, for workers to open.

    What is said of them is not in their fingerprint, so it stays that of these ratings.
    """
    kept = _open_or_make(ratings.sha256, lambda: ratings)
    said = {name: getattr(ratings, name) for name in ("name", "licence", *SAID)}
    return replace(kept, **said)


def open_prepared(sha256: str, name: str | None = None) -> Ratings:
    """Open prepared ratings by fingerprint, called `name` if given, without reading them through.

    What a worker process calls; raises DataError when they are not (or no longer) in the cache.
    """
    link = _folder() / f"{sha256}.link"
    try:
        key = link.read_text(encoding="ascii").strip()
        ratings = read_entry(_folder() / Path(key).name, verify=False)
        if ratings.sha256 != sha256:
            raise DataError(f"{link} leads to other ratings")
    except (OSError, ValueError, DataError) as error:
        raise DataError(
            f"no prepared data {shorten(sha256)} in {_folder()} ({error}); open the data set again"
        ) from error
    return ratings if name in (None, ratings.name) else replace(ratings, name=name)


def _folder() -> Path:
    return cache_home() / f"prepared-{SCHEMA}"


def _open_or_make(key: str, make: Callable[[], Ratings]) -> Ratings:
    folder = _folder() / key
    cached = _open_intact(folder, verify=True)
    if cached is not None:
        with suppress(OSError):
            _link(cached.sha256, key)
        return cached
    ratings = make()
    try:
        _replace(folder, ratings)
        _link(ratings.sha256, key)
    except OSError as error:
        raise DataError(
            f"cannot write prepared data to {folder.parent}: {error.strerror or error}; "
            "set COLDBENCH_CACHE to a writable folder"
        ) from error
    return _open_intact(folder, verify=False) or ratings


def _open_intact(folder: Path, *, verify: bool) -> Ratings | None:
    try:
        return read_entry(folder, verify=verify)
    except DataError:
        return None


def _replace(folder: Path, ratings: Ratings) -> None:
    """Write the entry, unless another process has; only a damaged one is moved aside first."""
    if folder.exists() and _open_intact(folder, verify=True) is None:
        _discard(folder)
    _write(folder, ratings)


def _write(folder: Path, ratings: Ratings) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=folder.parent))
    try:
        write_entry(temporary, ratings)
        try:
            temporary.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _link(sha256: str, key: str) -> None:
    link = _folder() / f"{sha256}.link"
    if link.is_file() and link.read_bytes() == key.encode():
        return
    with written_aside(link) as aside:
        aside.write_text(key, encoding="ascii")


def _discard(folder: Path) -> None:
    """Move a damaged entry out of the way; processes that have it open keep their pages."""
    aside = Path(tempfile.mkdtemp(prefix=".old-", dir=folder.parent))
    try:
        with suppress(FileNotFoundError):
            folder.rename(aside / "entry")
    finally:
        shutil.rmtree(aside, ignore_errors=True)
