"""Which files a learner opens while it works, and whom it asks: it is handed all it may know.

Python reports every `open`, link, renaming, database, connection and program to a hook (PEP 578),
which stays for the life of the process and listens only inside `watched`. Links are followed at
once: they may be gone later.
"""

import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from coldbench.errors import shorten

__all__ = ["code_folders", "foreign", "watched"]

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
SYSTEM = ("/proc", "/sys", "/etc", "/usr", "/lib", "/lib64", "/opt", "/System", "/Library")
DEVICES = tuple(Path("/dev", name) for name in ("null", "zero", "random", "urandom", "tty"))
PRIVATE = ("environ", "cmdline", "maps", "smaps", "mem", "map_files", "fd", "cwd", "root")
"""Of a process below /proc: where the files of others are, or what is in its memory."""
MOVING = ("os.link", "os.rename", "os.symlink")  # by which a file gets another name
MAKING = ("os.mkdir", "sqlite3.connect")  # whose name, or file, may hold something
ASKING = ("socket.connect", "socket.sendto", "socket.getaddrinfo")
STARTING = ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.spawn", "os.system")
FORKING = ("os.fork", "os.forkpty")
HARMLESS = (
    "cc", "gcc", "getconf", "ld", "ldconfig", "lscpu", "nvidia-smi", "objdump", "sysctl", "uname",
)  # fmt: skip
"""Programs by which libraries look for the processor and for other libraries."""


class Opening(NamedTuple):
    """real: the file, all links followed; named: the name by which it was asked for; without
    `real`, what was done instead, in words."""

    real: str
    writes: bool
    named: str


Opened = list[Opening]
_listening: list[Opened] = []
_hooked: list[bool] = []


@contextmanager
def watched(opened: Opened) -> Iterator[None]:
    """Adds every file that this process opens, links or renames meanwhile."""
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_hook)
    _listening.append(opened)
    try:
        yield
    finally:
        if not any(one is opened for one in _listening):  # somebody stopped the watch
            opened.append(Opening("", True, "stops the watch over the files that it opens"))
        _listening[:] = [one for one in _listening if one is not opened]


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if not _listening:
        return
    if event == "open":
        path, mode, flags = arguments
        writes = any(letter in (mode or "") for letter in "wax+") or bool((flags or 0) & WRITING)
        if not (mode is None and _below_a_handle(path)):
            _note(path, writes)
    elif event in MOVING:
        _note(arguments[0], False)
    elif event in MAKING and arguments[0] not in ("", ":memory:"):
        _note(arguments[0], True)
    elif event == "os.chdir":
        _tell("changes its working folder")
    elif event in ASKING:
        _tell(f"asks the network ({_address(arguments[event != 'socket.getaddrinfo'])})")
    elif event in FORKING:
        _tell("goes on in another process")
    elif event in STARTING and (name := _program(arguments)) not in HARMLESS:
        _tell(f"starts another program ({shorten(name)[1:-1]})")


def _address(given: object) -> str:
    """As in 10.0.0.1:80, or the path of a socket."""
    parts = given[:2] if isinstance(given, tuple) else (given,)
    return shorten(":".join(str(part) for part in parts))[1:-1]


def _program(arguments: tuple[Any, ...]) -> str:
    """The name of what is started, without its folder."""
    first = arguments[0]
    if isinstance(first, int):  # the mode of os.spawn
        first = arguments[1]
    text = os.fsdecode(first) if isinstance(first, str | bytes | os.PathLike) else str(first)
    return Path(text.split()[0] if text.strip() else text).name


def _tell(words: str) -> None:
    for opened in list(_listening):
        opened.append(Opening("", True, words))


def _below_a_handle(path: object) -> bool:
    """Whether `os.open` seems to be given a folder's handle, which Python does not report: a
    relative path that is not there. It stays below the folder, whose own opening was reported."""
    if not isinstance(path, str | bytes | os.PathLike):
        return False
    name = os.fsdecode(path)
    return not (os.path.isabs(name) or ".." in Path(name).parts or os.path.lexists(name))


def _note(path: object, writes: bool) -> None:
    if isinstance(path, str | bytes | os.PathLike):  # else a number, of a file that is open
        name = os.fsdecode(path)
        real = os.path.realpath(name)
        plain = ".." not in Path(name).parts  # else the name may lie about where it leads
        one = Opening(real, writes, os.path.abspath(name) if plain else real)
        for opened in list(_listening):
            opened.append(one)


def foreign(
    opened: Opened, room: Path, secret: tuple[Path, ...], code: tuple[Path, ...]
) -> list[str]:
    """What of it no learner has a reason to open, in words.

    room: the private folder of the process, where it may write; secret: folders of ratings; code:
    `code_folders` before the learner was imported, in which files may be links to those of a
    package manager.
    """
    told: dict[str, None] = {}
    linking = tuple(folder for folder in code if str(folder) not in SYSTEM)
    for name, writes, named in opened:
        path = Path(name)
        if not name:
            told[named] = None
        elif path.parts[1:2] == ("proc",) and any(part in PRIVATE for part in path.parts[2:]):
            told[f"reads {path.name} of a process"] = None
        elif _inside(path, secret):
            told[f"opens {path.name} among prepared or raw ratings"] = None
        elif writes and not _inside(path, (room, *DEVICES)):
            told[f"writes {_shown(path)}"] = None
        elif not (writes or _inside(path, (room, *DEVICES, *code)) or _below(Path(named), linking)):
            told[f"reads {_shown(path)}"] = None
    return list(told)


def _shown(path: Path) -> str:
    """Without the name of a user, for what is stored with a study."""
    home = _real(Path("~").expanduser())
    return f"~/{path.relative_to(home)}" if home in path.parents else str(path)


def _inside(path: Path, folders: tuple[Path, ...]) -> bool:
    return _below(path, tuple(map(_real, folders)))


def _below(path: Path, folders: tuple[Path, ...]) -> bool:
    return any(path == folder or folder in path.parents for folder in folders)


def _real(folder: Path) -> Path:
    return Path(os.path.realpath(folder))


def code_folders(module: str) -> tuple[Path, ...]:
    """Where Python, libraries, plugins and the system lie, and a plugin's module, which may have
    been installed in place. Imports nothing: what is imported could add a folder of its own."""
    paths = [folder for folder in sys.path if folder]
    names = (sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), *paths)
    top = module.partition(".")[0]
    try:
        spec = find_spec(top) if top else None
    except (ImportError, ValueError):  # such as that of a module that has none
        spec = None
    own = list(spec.submodule_search_locations or ()) if spec else []
    if spec and not own and spec.origin:
        own = [str(Path(spec.origin).parent)]
    linked = (target for folder in paths for target in _linked_packages(Path(folder)))
    return (*(Path(name) for name in (*names, *SYSTEM, *own)), *linked)


def _linked_packages(folder: Path) -> Iterator[Path]:
    """Where a package manager keeps what an environment has as links (of folders, or of each file):
    a package that follows its own `__file__` reads there."""
    if folder.name not in ("site-packages", "dist-packages") or not folder.is_dir():
        return
    for package in folder.iterdir():
        first = package / "__init__.py"
        if package.is_symlink() and package.is_dir():
            yield _real(package)
        elif first.is_symlink():
            yield _real(first).parent
