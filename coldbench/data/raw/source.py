"""Raw files from a folder or a zip archive: the exact names of a layout, and nothing else."""

import re
from collections.abc import Sequence
from pathlib import Path

from coldbench.data.raw.archive import member_names, read_members
from coldbench.data.raw.layouts import ML_1M, OFFICIAL, Layout, choose
from coldbench.data.raw.members import Member, is_archive, members_of
from coldbench.data.raw.rawfile import RawFile, read_raw
from coldbench.errors import DataError, shorten

__all__ = ["atomic_name", "file_names", "read_source", "recognise"]

TWITTER_IDS = re.compile(rb"\d+::\d+\s*(\n|$)")
"""The first line of MovieTweetings' users.dat; MovieLens-1M's has a gender in second place."""


def file_names(folder: Path) -> list[str]:
    """The regular files of a folder, sorted; raises DataError when it cannot be listed."""
    try:
        return sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{shorten(str(folder), 200)}: not a readable folder: {reason}") from error


def atomic_name(path: Path) -> str:
    """NAME of a file NAME.inter, or of the only one in a folder or archive.

    Raises DataError when there is not exactly one.
    """
    if path.suffix == ".inter" and path.is_file():
        return path.stem
    found = member_names(path) if path.is_file() else file_names(path)
    names = [name.removesuffix(".inter") for name in found if name.endswith(".inter")]
    if len(names) != 1 or not names[0]:
        fault = f"has {len(names)} files NAME.inter" if names else "has no file NAME.inter"
        raise DataError(f"{shorten(str(path), 200)} {fault}; exactly one is needed{_parts(names)}")
    return names[0]


def _parts(names: Sequence[str]) -> str:
    """What to do with the files of a published split: NAME.train.inter and the like."""
    parted = [name.rpartition(".") for name in names]
    if len(names) < 2 or len({stem for stem, _, _ in parted}) > 1 or not parted[0][0]:
        return ""
    parts = ", ".join(part for _, _, part in parted)
    return (
        f": write {shorten(parts)} into one {parted[0][0]}.inter, with a column split:token that "
        "says train, validation or test where the protocol `given` is to use it"
    )


def read_source(path: Path, layouts: Sequence[Layout]) -> tuple[Layout, dict[str, RawFile]]:
    """The files of the first layout that a folder or archive has, by name, and that layout.

    They lie at the top or in a folder at the top, as in the official archives.
    Raises DataError when no layout is complete, or when the archive is damaged or hostile.
    """
    if path.is_file():
        layout = choose(str(path), member_names(path), layouts)
        members = read_members(path, layout.members)
        choose(str(path), members, [layout])
        return layout, {name: RawFile(f"{path}/{name}", data) for name, data in members.items()}
    folder = _inner(path, layouts)
    present = set(file_names(folder))
    layout = choose(str(folder), present, layouts)
    return layout, {name: read_raw(folder / name) for name in layout.members if name in present}


def recognise(path: Path) -> str:
    """The registered data set that reads a file, a folder or an archive; `table` at last."""
    if path.is_file() and not is_archive(path):
        return "atomic" if path.suffix == ".inter" else "table"
    members = members_of(path if path.is_file() else _inner(path, OFFICIAL))
    if any(member.name.endswith(".inter") for member in members):
        return "atomic"
    names = {member.name for member in members}
    for layout in OFFICIAL:
        if names.issuperset(layout.required) and not _tweeted(layout, members):
            return layout.name
    return "table"


def _tweeted(layout: Layout, members: Sequence[Member]) -> bool:
    heads = [member.head for member in members if member.name == "users.dat"]
    return layout is ML_1M and any(TWITTER_IDS.match(head) for head in heads)


def _inner(path: Path, layouts: Sequence[Layout]) -> Path:
    """The folder itself when it has a layout's files, else its only subfolder that has them."""
    if _complete(file_names(path), layouts):
        return path
    folders = [entry for entry in path.iterdir() if entry.is_dir()]
    found = [folder for folder in folders if _complete(file_names(folder), layouts)]
    return found[0] if len(found) == 1 else path


def _complete(names: Sequence[str], layouts: Sequence[Layout]) -> bool:
    return any(set(names).issuperset(layout.required) for layout in layouts)
