"""Registered data sets whose raw files are imported once, or named by a path."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from coldbench.data.homes import data_home
from coldbench.data.raw.layouts import (
    BOOK_CROSSING,
    BOOK_CROSSING_COMMAS,
    ML_1M,
    ML_10M,
    ML_20M,
    ML_25M,
    ML_32M,
    ML_100K,
    ML_LATEST_SMALL,
    Layout,
    atomic_layout,
)  # fmt: skip
from coldbench.data.raw.rawfile import RawFile
from coldbench.data.raw.source import read_source
from coldbench.errors import DataError, unknown

__all__ = ["LAYOUTS", "layouts_of", "raw_files", "raw_folder"]

LAYOUTS: Mapping[str, tuple[Layout, ...]] = {
    "ml-1m": (ML_1M, atomic_layout("ml-1m")),
    "ml-10m": (ML_10M, atomic_layout("ml-10m")),
    "ml-20m": (ML_20M, atomic_layout("ml-20m")),
    "ml-25m": (ML_25M, atomic_layout("ml-25m")),
    "ml-32m": (ML_32M, atomic_layout("ml-32m")),
    "ml-100k": (ML_100K, atomic_layout("ml-100k")),
    "ml-latest-small": (ML_LATEST_SMALL, atomic_layout("ml-latest-small")),
    "book-crossing": (BOOK_CROSSING, BOOK_CROSSING_COMMAS),
}
"""The raw formats in which each of these data sets may be imported."""
DOWNLOADS = ("ml-1m", "ml-10m", "ml-20m", "ml-25m", "ml-100k", "ml-latest-small")


def layouts_of(name: str) -> Sequence[Layout]:
    """The raw formats of a data set; raises UsageError when it has none."""
    if name not in LAYOUTS:
        raise unknown("importable dataset", name, LAYOUTS)
    return LAYOUTS[name]


def raw_folder(name: str) -> Path:
    """Where the imported raw files of a data set lie."""
    return data_home() / "raw" / name


def raw_files(name: str, path: Path | None) -> tuple[Layout, dict[str, RawFile]]:
    """The raw files at `path`, or the imported ones; raises DataError that says how to get them."""
    place = path.expanduser() if path else raw_folder(name)
    if path is None and not place.is_dir():
        download = f"coldbench data download {name}  or  " if name in DOWNLOADS else ""
        raise DataError(
            f"{name} is not on this machine (looked in {place}); get it with: {download}"
            f"coldbench data import {name} FILE-OR-FOLDER  or name a copy with --dataset PATH"
        )
    return read_source(place, layouts_of(name))
