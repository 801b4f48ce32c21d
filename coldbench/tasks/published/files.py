"""The files of published tasks: a table, or a folder with a JSON file for each state."""

import hashlib
from pathlib import Path

from coldbench.errors import DataError, shorten
from coldbench.tasks.published.listed import Listed
from coldbench.tasks.published.states import STATES, read_states
from coldbench.tasks.published.tables import FORMATS, read_table

__all__ = ["read_tasks"]

LARGEST = 1 << 30  # bytes of one file


def read_tasks(path: Path) -> tuple[Listed, str]:
    """The tasks, and the SHA-256 of what was read: of the file; of a folder, that of lines
    `<sha256>  <name>` of its files, as `sha256sum` writes them, in order of name.

    Raises DataError for files that are missing or not understood.
    """
    if path.is_dir():
        names = [f"{state}{suffix}.json" for state in STATES for suffix in ("", "_y")]
        files = {name: _bytes(path / name) for name in sorted(names) if (path / name).is_file()}
        lines = "".join(f"{_sha256(data)}  {name}\n" for name, data in files.items())
        return read_states(files, path), _sha256(lines.encode())
    if not path.is_file():
        raise DataError(f"{shorten(str(path), 200)}: no such file or folder of tasks")
    if path.suffix.lower() == ".json":
        raise DataError(f"{shorten(str(path), 200)}: give the folder that holds the JSON files")
    if path.suffix.lower() not in FORMATS:
        known = ", ".join(FORMATS)
        raise DataError(f"{shorten(str(path), 200)}: tasks are read from {known}, or a folder")
    data = _bytes(path)
    return read_table(data, path), _sha256(data)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(f"{path}: larger than {LARGEST >> 20} MiB, which no list of tasks is")
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
