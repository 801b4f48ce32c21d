"""Prepared data: made once, kept under its content key, opened memory-mapped ever after.

    CACHE/prepared-SCHEMA/<key>/          an entry: see entry.py
    CACHE/prepared-SCHEMA/<sha256>.link   the key of an entry whose ratings have that fingerprint

Entries are written to a temporary folder and renamed: of several writers one wins, and nobody
ever sees half an entry. A damaged entry is made anew.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from coldbench.data.dataset import Dataset
from coldbench.data.entry import SCHEMA, read_entry, write_entry
from coldbench.data.homes import cache_home
from coldbench.data.ratings import Ratings
from coldbench.errors import DataError, shorten

__all__ = ["keep", "open_cached", "open_prepared"]


def open_cached(dataset: Dataset) -> Ratings:
    """The data set's ratings, prepared on first use; raises DataError."""
    return _open_or_make(dataset.key(), dataset.load)


def keep(ratings: Ratings) -> Ratings:
    """Store ratings that no data set can load again (frames), so that workers can open them."""
    return _open_or_make(ratings.sha256, lambda: ratings)


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
    place = _folder() / key
    found = _open_intact(place, verify=True)
    if found is not None:
        with suppress(OSError):
            _link(found.sha256, key)
        return found
    made = make()
    try:
        _replace(place, made)
        _link(made.sha256, key)
    except OSError as error:
        raise DataError(
            f"cannot write prepared data to {place.parent}: {error.strerror or error}; "
            "set COLDBENCH_CACHE to a writable folder"
        ) from error
    return _open_intact(place, verify=False) or made


def _open_intact(place: Path, *, verify: bool) -> Ratings | None:
    try:
        return read_entry(place, verify=verify)
    except DataError:
        return None


def _replace(place: Path, ratings: Ratings) -> None:
    """Write the entry, unless another process has; only a damaged one is moved away first."""
    if place.exists() and _open_intact(place, verify=True) is None:
        _discard(place)
    _write(place, ratings)


def _write(place: Path, ratings: Ratings) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=place.parent))
    try:
        write_entry(temporary, ratings)
        try:
            temporary.rename(place)
        except OSError:
            if not place.is_dir():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _link(sha256: str, key: str) -> None:
    link = _folder() / f"{sha256}.link"
    if link.is_file() and link.read_bytes() == key.encode():
        return
    handle, temporary = tempfile.mkstemp(prefix=".new-", dir=link.parent)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)
    os.replace(temporary, link)


def _discard(place: Path) -> None:
    """Move a damaged entry out of the way; processes that have it open keep their pages."""
    aside = Path(tempfile.mkdtemp(prefix=".old-", dir=place.parent))
    try:
        with suppress(FileNotFoundError):
            place.rename(aside / "entry")
    finally:
        shutil.rmtree(aside, ignore_errors=True)
