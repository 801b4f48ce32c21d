"""Which files a learner opens while it works: all that it may know is handed to it.

Python reports every `open` to a hook (PEP 578), which stays for the life of the process and
listens only inside `watched`.
"""

import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["foreign", "watched"]

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
SYSTEM = ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/lib64", "/opt", "/System", "/Library")

Opened = list[tuple[str, bool]]  # path, for writing?
_listening: list[Opened] = []
_hooked: list[bool] = []


@contextmanager
def watched() -> Iterator[Opened]:
    """Every file that this process opens meanwhile."""
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_hook)
    opened: Opened = []
    _listening.append(opened)
    try:
        yield opened
    finally:
        _listening.remove(opened)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _listening or event != "open":
        return
    path, mode, flags = arguments
    if isinstance(path, str | bytes):
        writes = any(letter in (mode or "") for letter in "wax+") or bool((flags or 0) & WRITING)
        for opened in list(_listening):
            opened.append((os.fsdecode(path), writes))


def foreign(opened: Opened, room: Path, secret: tuple[Path, ...]) -> list[str]:
    """What of it no learner has a reason to open, in words.

    room: the private folder of the process, where it may write; secret: folders of ratings.
    """
    told: dict[str, None] = {}
    for name, writes in opened:
        path = Path(os.path.realpath(name))
        if _inside(path, secret):
            told[f"opens {path.name} among prepared or raw ratings"] = None
        elif writes and not (_inside(path, (room, Path("/dev"))) or "__pycache__" in path.parts):
            told[f"writes {_shown(path)}"] = None
        elif not writes and not _inside(path, (room, *_code())):
            told[f"reads {_shown(path)}"] = None
    return list(told)


def _shown(path: Path) -> str:
    """Without the name of a user, for what is stored with a study."""
    home = _real(Path("~").expanduser())
    return f"~/{path.relative_to(home)}" if home in path.parents else str(path)


def _inside(path: Path, folders: tuple[Path, ...]) -> bool:
    return any(path == folder or folder in path.parents for folder in map(_real, folders))


def _real(folder: Path) -> Path:
    return Path(os.path.realpath(folder))


def _code() -> tuple[Path, ...]:
    """Where Python, libraries, plugins and the system lie."""
    names = (sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), *filter(None, sys.path))
    return tuple(Path(name) for name in (*names, *SYSTEM))
