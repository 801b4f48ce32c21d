"""Files that may be tables, wherever they lie: in a folder, in a zip archive, or alone.

Their first bytes are read at once, the rest when it is wanted. Gzip files are unpacked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from coldbench.data.raw.archive import member_heads, read_member
from coldbench.data.raw.inflate import gunzip, gunzip_head
from coldbench.data.raw.nature import HEAD, nature
from coldbench.data.raw.rawfile import RawFile, read_raw
from coldbench.errors import DataError, shorten

__all__ = ["Member", "in_memory", "is_archive", "members_of"]

MOST_FILES = 200
HIDDEN = (".", "__MACOSX")


@dataclass(frozen=True)
class Member:
    """name: without folder and `.gz`; nature: what it is; head: its first bytes, unpacked."""

    name: str
    label: str
    nature: str
    head: bytes
    whole: bool
    _read: Callable[[], RawFile]

    @property
    def readable(self) -> bool:
        """Whether its format is one that may hold a table."""
        return self.nature in ("a text file", "JSON lines", "a Parquet file")

    def read(self) -> RawFile:
        """All of it, unpacked."""
        return RawFile(self.label, self.head) if self.whole else self._read()


def members_of(path: Path) -> list[Member]:
    """All files of a folder, or of its only subfolder; of an archive; or the file itself. Folders
    beside files are named, and not read."""
    if path.is_file():
        return _archived(path) if is_archive(path) else [_on_disk(path)]
    names = sorted(entry for entry in _listed(path) if not entry.name.startswith(HIDDEN))
    files = [entry for entry in names if entry.is_file()]
    folders = [entry for entry in names if entry.is_dir()]
    if not files and len(folders) == 1:
        return members_of(folders[0])
    if len(files) > MOST_FILES:
        raise DataError(
            f"{shorten(str(path), 200)}: {len(files)} files, more than {MOST_FILES}: "
            "name one file, or a folder with the files of one data set"
        )
    return [_on_disk(file) for file in files] + [_subfolder(folder) for folder in folders]


def _subfolder(path: Path) -> Member:
    """A folder beside files is not read, and is said so."""
    return Member(path.name, str(path), "a folder", b"", True, partial(read_raw, path))


def is_archive(path: Path) -> bool:
    """Whether a file is a zip archive, or is called one."""
    return path.suffix.lower() == ".zip" or nature(_first(path)).endswith("zip archive")


def in_memory(name: str, raw: RawFile) -> Member:
    """A file that has been read."""
    return _member(name, raw.label, raw.data[:HEAD], lambda: raw)


def _listed(path: Path) -> list[Path]:
    try:
        return list(path.iterdir())
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"{shorten(str(path), 200)}: not a readable folder: {reason}") from error


def _first(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error


def _on_disk(path: Path) -> Member:
    return _member(path.name, str(path), _first(path), partial(read_raw, path))


def _archived(path: Path) -> list[Member]:
    return [
        _member(
            PurePosixPath(place).name, f"{path}/{place}", head, partial(_from_archive, path, place)
        )
        for place, head in sorted(member_heads(path, HEAD).items())
        if not place.split("/")[-1].startswith(HIDDEN) and not place.startswith(HIDDEN)
    ]


def _from_archive(path: Path, place: str) -> RawFile:
    return RawFile(f"{path}/{place}", read_member(path, place))


def _member(name: str, label: str, head: bytes, read: Callable[[], RawFile]) -> Member:
    found = nature(head)
    if found != "a gzip file":
        return Member(name, label, found, head, len(head) < HEAD, read)
    shown = name[:-3] if name.lower().endswith(".gz") else name
    try:
        unpacked = gunzip_head(label, head, HEAD)
    except DataError:
        return Member(shown, label, "a damaged gzip file; download it again", b"", True, read)
    inner = nature(unpacked) if unpacked else "an empty or truncated gzip file"
    return Member(shown, label, inner, unpacked, False, partial(_unpacked, label, read))


def _unpacked(label: str, read: Callable[[], RawFile]) -> RawFile:
    return RawFile(label, gunzip(label, read().data))
