"""Untrusted zip archives: only whitelisted members are read, and only from a safe archive.

Refused as a whole: paths that leave the folder, absolute paths, links, duplicate members,
encryption, unusual compression, zip bombs, damage of any kind. Nothing is written.
"""

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from coldbench.data.raw.nature import nature
from coldbench.errors import DataError, shorten

__all__ = ["member_heads", "member_names", "read_member", "read_members"]

MAX_ARCHIVE = 1 << 32
MAX_DIRECTORY = 1 << 20
MAX_UNPACKED = 1 << 33
ALWAYS_UNPACKED = 384 << 20
MAX_RATIO_OF_ALL = 25
"""All members together may unpack to `ALWAYS_UNPACKED`, and beyond it to this multiple of the
archive, at most `MAX_UNPACKED`: MovieLens-25M has 262 MB for 1.2 GB. Only members that are wanted
are ever read, one at a time."""
MAX_RATIO = 100
RATIO_FLOOR = 1 << 20
"""Members smaller than this may have any compression ratio."""
BLOCK = 1 << 20
END, END_SIZE = b"PK\x05\x06", 22
FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, struct.error)


def member_names(path: Path) -> list[str]:
    """Base names of all files in a safe archive; raises DataError for any other."""
    with _safely_opened(path) as archive:
        return sorted(PurePosixPath(info.filename).name for info in _safe_members(path, archive))


def read_members(path: Path, wanted: tuple[str, ...]) -> dict[str, bytes]:
    """The wanted members by name, found at the top or in a folder at the top.

    Members that the archive lacks are left out; raises DataError for a hostile or damaged archive.
    """
    with _safely_opened(path) as archive:
        infos = _safe_members(path, archive)
        members = {}
        for name in wanted:
            places = [info for info in infos if _is_near(info.filename, name)]
            if len(places) > 1:
                raise DataError(f"{path}: the archive holds {name} twice")
            if places:
                members[name] = _read(path, archive, places[0])
        return members


def member_heads(path: Path, size: int) -> dict[str, bytes]:
    """The first bytes of each file at the top or in a folder at the top, by its place."""
    with _safely_opened(path) as archive:
        heads = {}
        for info in _safe_members(path, archive):
            if _is_near(info.filename, PurePosixPath(info.filename).name):
                with archive.open(info) as member:
                    heads[info.filename] = member.read(size)
        return heads


def read_member(path: Path, place: str) -> bytes:
    """One member by its place in the archive."""
    with _safely_opened(path) as archive:
        infos = {info.filename: info for info in _safe_members(path, archive)}
        return _read(path, archive, infos[place])


def _is_near(place: str, name: str) -> bool:
    parts = place.split("/")
    return parts[-1] == name and len(parts) <= 2


@contextmanager
def _safely_opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        _check_ends(path)
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FAULTS as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: damaged archive: {shorten(reason, 200)}") from error


def _check_ends(path: Path) -> None:
    """Recognise web pages and truncated files, and refuse a directory too large to list."""
    size = path.stat().st_size
    with path.open("rb") as file:
        found = nature(file.read(512))
        file.seek(max(0, size - END_SIZE - (1 << 16)), os.SEEK_SET)
        tail = file.read()
    place = tail.rfind(END)
    if size > MAX_ARCHIVE:
        raise DataError(f"{path}: {size} bytes; archives over {MAX_ARCHIVE} are refused")
    if place < 0 or len(tail) - place < END_SIZE:
        if found.endswith("zip archive"):
            raise DataError(f"{path}: truncated archive; download it again")
        raise DataError(f"{path}: no zip archive but {found}")
    length, begin = struct.unpack("<II", tail[place + 12 : place + 20])
    if length > MAX_DIRECTORY or b"PK\x06\x07" in tail[max(0, place - 20) : place]:
        raise DataError(f"{path}: the archive lists far more members than any data set has")
    if begin + length > size:
        raise DataError(f"{path}: truncated archive; download it again")


def _safe_members(path: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    seen: set[str] = set()
    for info in archive.infolist():
        fault = _fault(info) or ("occurs twice" if info.filename in seen else "")
        if fault:
            raise DataError(f"{path}: refused: member {shorten(info.filename)} {fault}")
        seen.add(info.filename)
    total = sum(info.file_size for info in archive.infolist())
    allowed = max(ALWAYS_UNPACKED, MAX_RATIO_OF_ALL * path.stat().st_size)
    if total > min(allowed, MAX_UNPACKED):
        raise DataError(f"{path}: refused: would unpack to {total} bytes")
    return [info for info in archive.infolist() if not info.is_dir()]


def _fault(info: zipfile.ZipInfo) -> str:
    name, mode = info.orig_filename, info.external_attr >> 16
    if name.startswith("/") or "\\" in name or "\0" in name or name[1:2] == ":":
        return "has an absolute or foreign path"
    if ".." in name.split("/"):
        return "leaves the folder"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a special file"
    if info.flag_bits & 0x1:
        return "is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is compressed in an unexpected way"
    if info.file_size > max(RATIO_FLOOR, MAX_RATIO * info.compress_size):
        return f"would unpack to {info.file_size} bytes from {info.compress_size}"
    return ""


def _read(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    read, left = io.BytesIO(), info.file_size
    with archive.open(info) as member:
        while block := member.read(BLOCK):
            left -= len(block)
            if left < 0:
                raise DataError(f"{path}: {info.filename} is larger than the archive says")
            read.write(block)
    if left:
        raise DataError(f"{path}: {info.filename} is truncated")
    return read.getvalue()  # shares the buffer: no second copy
