"""Published tasks on this machine: read once, kept in the cache by the SHA-256 of their file."""

from functools import lru_cache
from pathlib import Path

from coldbench.aside import written_aside
from coldbench.data import cache_home
from coldbench.errors import DataError, UsageError, shorten
from coldbench.tasks.published.files import read_tasks
from coldbench.tasks.published.listed import Listed

__all__ = ["keep", "open_kept", "place_of", "provide"]

VERSION = 1  # moves when the same file is read as other tasks


def place_of(sha256: str) -> str:
    """Where they are below a cache folder."""
    return f"tasks-{VERSION}/{sha256}.parquet"


def keep(file: Path, sha256: str = "") -> tuple[Listed, str]:
    """Read tasks and keep them; returns them with the ratings that the file states, and the hash.

    Raises UsageError when the file has another hash than the given one, DataError for bad files.
    """
    listed, actual = read_tasks(file)
    if sha256 and sha256 != actual:
        raise UsageError(
            f"{shorten(str(file), 200)} has SHA-256 {actual}, not {sha256}: these are other tasks"
        )
    _place(cache_home() / place_of(actual), listed)
    return listed, actual


@lru_cache(maxsize=1)
def open_kept(sha256: str) -> Listed:
    """Tasks that were kept, without ratings; raises DataError when they are not there."""
    path = cache_home() / place_of(sha256)
    if not path.is_file():
        raise _absent(sha256)
    return Listed.read(path)


def provide(sha256: str, cache: Path, file: str) -> None:
    """Have them here, from another cache folder or made again; raises DataError, UsageError."""
    here, there = cache_home() / place_of(sha256), cache / place_of(sha256)
    if here.is_file():
        return
    if there.is_file():
        _place(here, Listed.read(there))
    elif file:
        keep(Path(file), sha256)
    else:
        raise _absent(sha256)


def _absent(sha256: str) -> DataError:
    folder = (cache_home() / place_of(sha256)).parent
    told = f"no tasks with SHA-256 {shorten(sha256)} in {folder}"
    return DataError(f"{told}: say --set protocol.file=PATH once more")


def _place(path: Path, listed: Listed) -> None:
    """Written aside and renamed: nobody sees half a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_aside(path) as aside:
            listed.write(aside)
    except OSError as error:
        raise DataError(f"cannot write tasks to {path.parent}: {error.strerror or error}") from None
