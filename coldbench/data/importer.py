"""Import of raw data into the data home: whitelisted files only, all or nothing."""

import shutil
import tempfile
from pathlib import Path

from coldbench import registry
from coldbench.data.raw.rawfile import RawFile
from coldbench.data.raw.source import read_source
from coldbench.data.rawdata import layouts_of, raw_folder
from coldbench.errors import DataError, shorten

__all__ = ["import_raw"]


def import_raw(name: str, path: Path | str) -> Path:
    """Copy a data set's raw files from a folder or zip archive; returns their new folder.

    The files are parsed once before anything is stored. Raises UsageError for a data set
    that has no raw files, DataError for missing, damaged, hostile or malformed ones.
    """
    layouts = layouts_of(name)
    source = Path(path).expanduser()
    try:
        exists = source.exists()
    except (OSError, ValueError):
        exists = False
    if not exists:
        raise DataError(f"{shorten(str(path), 200)}: no such folder or archive")
    _, files = read_source(source, layouts)
    if source.is_dir():
        _refuse_links(source, files)
    plugin = registry.load("dataset", name)
    plugin(plugin.Config(path=source)).load()
    return _keep(raw_folder(name), files)


def _refuse_links(source: Path, files: dict[str, RawFile]) -> None:
    for place in (Path(raw.label) for raw in files.values()):
        for link in (place, place.parent):
            if link != source and link.is_symlink():
                raise DataError(f"{link}: refused: it is a link; import the folder it leads to")


def _keep(folder: Path, files: dict[str, RawFile]) -> Path:
    """Write the files beside the folder, then swap; an earlier import stays until the end."""
    temporary: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=".import-", dir=folder.parent))
        fresh = temporary / "new"
        fresh.mkdir()
        for name, raw in files.items():
            (fresh / name).write_bytes(raw.data)
        if folder.exists():
            folder.rename(temporary / "old")
        fresh.rename(folder)
    except OSError as error:
        raise DataError(
            f"cannot write {folder}: {error.strerror or error}; "
            "set COLDBENCH_DATA to a writable folder"
        ) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return folder
