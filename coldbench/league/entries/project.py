"""What of a plugin's project is handed over: source, of a size that can be read. Never data."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

from coldbench.errors import UsageError
from coldbench.league.entries.modules import Installed, in_git

__all__ = ["LARGEST", "MOST", "SOURCE", "TOTAL", "is_source", "project_files", "unreadable"]

SOURCE = {".py", ".pyi", ".toml", ".cfg", ".md", ".rst", ".pyx", ".c", ".h", ".cpp", ".rs"}
BESIDE = {"LICENSE", "LICENSE.txt", "NOTICE", "MANIFEST.in", "requirements.txt", "py.typed"}
SETUP = ("pyproject.toml", "setup.py", "setup.cfg", "README.md", "README.rst", "LICENSE")
LARGEST = 256_000  # bytes of a file
TOTAL = 2_000_000  # bytes of all
MOST = 300  # files
NAMED = 20  # files left out that are named
LONGEST = 500  # characters of a line of code
BLANKS = re.compile(r"\S\s{80,}\S")  # behind which nobody looks
PROSE = {".md", ".rst", ""}  # a paragraph, of a licence too, may be one line
BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
UNSEEN = re.compile("[\u115f\u1160\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")

Files = tuple[dict[str, bytes], tuple[str, ...]]


def is_source(name: str) -> bool:
    """Whether a path of this name may stand in plugin/."""
    path = Path(name)
    plain = all(part.isascii() and part[0] not in ".-" and part != "__pycache__"
                for part in path.parts)  # fmt: skip
    return plain and (path.suffix in SOURCE or path.name in BESIDE)


def unreadable(name: str, data: bytes) -> str:
    """Why a person who reads a file might not see what it does; empty for plain text."""
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        return f"is no UTF-8 (byte {error.start})"
    prose = Path(name).suffix in PROSE
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        hidden = [c for c in line if _is_hidden(c, prose)]
        if hidden:
            return f"holds an invisible character, U+{ord(hidden[0]):04X}, in line {number}"
        if not prose and len(line) > LONGEST:
            return f"has {len(line):,} characters in line {number}, at most {LONGEST} are read"
        if not prose and BLANKS.search(line):
            return f"has text behind 80 blanks in line {number}"
    return ""


def _is_hidden(character: str, prose: bool) -> bool:
    """In prose the joiners of letters and of emoji are usual."""
    kind = unicodedata.category(character)
    if kind == "Cf" or UNSEEN.match(character):
        return not prose or character in BIDI
    return kind == "Cc" and character not in "\t\f"


def project_files(installed: Installed) -> Files:
    """The files of plugin/ by path, and those left out: no source, or hidden.

    Raises UsageError where they are too many or too large, or where the project's folder holds
    other modules than those that are installed.
    """
    places = dict(_places(installed))
    kept = {name: file for name, file in places.items() if is_source(name)}
    left = sorted(places.keys() - kept.keys())
    sizes = {name: file.stat().st_size for name, file in kept.items()}
    large = max(sizes, key=lambda name: sizes[name], default="")
    if len(kept) > MOST or sizes.get(large, 0) > LARGEST or sum(sizes.values()) > TOTAL:
        raise UsageError(
            f"the plugin's source has {len(kept)} files of {sum(sizes.values()):,} bytes, the "
            f"largest {large} of {sizes.get(large, 0):,}; an entry takes {MOST} files, {LARGEST:,} "
            f"bytes each and {TOTAL:,} together: keep data and generated code out of the package"
        )
    more = (f"and {len(left) - NAMED} more",) if len(left) > NAMED else ()
    files = {name: file.read_bytes() for name, file in sorted(kept.items())}
    for name, data in files.items():
        if why := unreadable(name, data):
            raise UsageError(f"the plugin's {name} {why}: others are to read it before they run it")
    return files, (*left[:NAMED], *more)


def _places(installed: Installed) -> Iterator[tuple[str, Path]]:
    """Of the project, what git says belongs to it; without git its modules and how to build it."""
    project = installed.project
    if project is None:
        yield from installed.files.items()
        return
    _check_same(installed, project)
    names = in_git(project)
    if names is None:
        names = {name for name in SETUP if (project / name).is_file()}
        names |= {place for place, _ in _modules_in(installed, project)}
    for name in names:
        if (project / name).is_file() and not (project / name).is_symlink():
            yield name, project / name


def _modules_in(installed: Installed, project: Path) -> Iterator[tuple[str, Path]]:
    """The installed modules as they lie in the project, by their path there."""
    for name in installed.files:
        for place in (project / name, project / "src" / name):
            if place.is_file():
                yield place.relative_to(project).as_posix(), place
                break


def _check_same(installed: Installed, project: Path) -> None:
    there: Mapping[str, Path] = dict(_modules_in(installed, project))
    for name, file in installed.files.items():
        mine = there.get(name) or there.get(f"src/{name}")
        if mine is None or mine.read_bytes() != file.read_bytes():
            raise UsageError(
                f"{file} is not {name} of {project}, from which it was installed: install it "
                f"again with `pip install --no-deps {project}`, then run it again"
            )
