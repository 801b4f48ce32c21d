"""Download of raw data from the official server, checked against a recorded checksum."""

import logging
import tempfile
from pathlib import Path
from typing import NamedTuple

from coldbench.data.importer import import_raw
from coldbench.data.rawdata import LAYOUTS
from coldbench.errors import DataError, UsageError, shorten, unknown

__all__ = ["ARCHIVES", "Archive", "download", "fetched"]

TIMEOUT = 30.0
"""Seconds without a byte after which a server counts as gone."""


class Archive(NamedTuple):
    """An official archive: its address and the digest of its bytes that others recorded."""

    url: str
    digest: str


SERVER = "https://files.grouplens.org/datasets/movielens"
DIGESTS = {
    "ml-1m": "sha256:a6898adb50b9ca05aa231689da44c217cb524e7ebd39d264c56e2832f2c54e20",
    "ml-10m": "md5:ce571fd55effeba0271552578f2648bd",
    "ml-20m": "sha256:96f243c338a8665f6bcc89c53edf6ee39162a846940de6b7c8c48aeada765ff3",
    "ml-25m": "sha256:8b21cfb7eb1706b4ec0aac894368d90acf26ebdfb6aced3ebd4ad5bd1eb9c6aa",
    "ml-100k": "sha256:50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
    "ml-latest-small": "sha256:696d65a3dfceac7c45750ad32df2c259311949efec81f0f144fdfb91ebc9e436",
}
"""As several public projects record them; GroupLens itself publishes MD5 sums only."""
ARCHIVES = {name: Archive(f"{SERVER}/{name}.zip", digest) for name, digest in DIGESTS.items()}


def download(name: str, *, progress: bool = True) -> Path:
    """Fetch a data set's official archive and import it; returns the folder of its raw files.

    Raises UsageError for data without an official server, DataError when the server cannot be
    reached or the checksum differs; then nothing is kept.
    """
    if name not in ARCHIVES:
        if name in LAYOUTS:
            raise UsageError(
                f"{name} is not downloaded: no server, or no checksum of its archive that we could "
                f"verify; get a copy, then {_import(name)}"
            )
        raise unknown("downloadable dataset", name, ARCHIVES)
    with tempfile.TemporaryDirectory(prefix="coldbench-") as folder:
        place = Path(folder) / f"{name}.zip"
        return import_raw(name, fetched(*ARCHIVES[name], place, _import(name), progress))


def _import(name: str) -> str:
    return f"coldbench data import {name} FILE-OR-FOLDER"


def fetched(url: str, digest: str, file: Path, then: str, progress: bool = False) -> Path:
    """What lies at an address, in `file`, if its bytes have the digest ("sha256:...").

    then: the command for a copy that was got elsewhere. Raises DataError; then nothing is kept.
    """
    import pooch

    logging.getLogger("pooch").setLevel(logging.WARNING)
    downloader = pooch.HTTPDownloader(progressbar=progress, timeout=TIMEOUT)
    try:
        pooch.retrieve(url, digest, fname=file.name, path=file.parent, downloader=downloader)
    except Exception as error:
        reason = shorten(f"{type(error).__name__}: {error}", 160)
        told = f"download of {url} failed ({reason}); get the file elsewhere, then {then}"
        raise DataError(told) from error
    return file
