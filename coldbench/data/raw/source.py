"""Raw files from a folder or a zip archive: the exact names of a layout, and nothing else."""

from collections.abc import Sequence
from pathlib import Path

from coldbench.data.raw.archive import member_names, read_members
from coldbench.data.raw.layouts import BOOK_CROSSING, ML_1M, ML_100K, Layout, choose
from coldbench.data.raw.rawfile import RawFile, read_raw
from coldbench.errors import DataError, shorten

__all__ = ["atomic_name", "file_names", "read_source", "recognise"]


def file_names(folder: Path) -> list[str]:
    """The regular files of a folder, sorted; raises DataError when it cannot be listed."""
    try:
        return sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{shorten(str(folder), 200)}: not a readable folder: {reason}") from error


def atomic_name(folder: Path) -> str:
    """NAME of the folder's only NAME.inter; raises DataError when there is not exactly one."""
    names = [name.removesuffix(".inter") for name in file_names(folder) if name.endswith(".inter")]
    if len(names) != 1 or not names[0]:
        fault = f"has {len(names)} files NAME.inter" if names else "has no file NAME.inter"
        raise DataError(f"{shorten(str(folder), 200)} {fault}; exactly one is needed")
    return names[0]


def read_source(path: Path, layouts: Sequence[Layout]) -> tuple[Layout, dict[str, RawFile]]:
    """The files of the first layout that a folder or archive has, by name, and that layout.

    They lie at the top or in a folder named after the layout, as in the official archives.
    Raises DataError when no layout is complete, or when the archive is damaged or hostile.
    """
    if path.is_file():
        layout = choose(str(path), member_names(path), layouts)
        members = read_members(path, layout.name, layout.members)
        choose(str(path), members, [layout])
        return layout, {name: RawFile(f"{path}/{name}", data) for name, data in members.items()}
    folder = _inner(path, layouts)
    present = set(file_names(folder))
    layout = choose(str(folder), present, layouts)
    return layout, {name: read_raw(folder / name) for name in layout.members if name in present}


def recognise(path: Path) -> str:
    """The registered name of the data set whose raw files a folder or archive holds."""
    official = (ML_1M, ML_100K, BOOK_CROSSING)
    if path.is_file():
        return choose(str(path), member_names(path), official).name
    names = file_names(path)
    if any(name.endswith(".inter") for name in names):
        return "atomic"
    folder = _inner(path, official)
    if folder == path and not _complete(names, official):
        wanted = " or ".join("+".join(layout.required) for layout in official)
        raise DataError(f"{shorten(str(path), 200)}: found neither NAME.inter nor {wanted}")
    return choose(str(folder), file_names(folder), official).name


def _inner(path: Path, layouts: Sequence[Layout]) -> Path:
    """The folder itself when it has a layout's files, else its subfolder of a layout's name."""
    if not _complete(file_names(path), layouts):
        for layout in layouts:
            if (path / layout.name).is_dir():
                return path / layout.name
    return path


def _complete(names: Sequence[str], layouts: Sequence[Layout]) -> bool:
    return any(set(names).issuperset(layout.required) for layout in layouts)
