"""The Python files of an installed package: its own modules, never those of its dependencies."""

import ast
import json
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from packaging.requirements import InvalidRequirement, Requirement

__all__ = [
    "Installed", "beside_code", "from_addresses", "in_git", "modules_of", "required_by",
]  # fmt: skip


@dataclass(frozen=True)
class Installed:
    """files: every module by its path below `root`, the folder that Python imports from; project:
    the folder that pip installed from, where it is still there."""

    root: Path
    files: Mapping[str, Path]
    project: Path | None


def modules_of(package: str, module: str) -> Installed:
    """The modules of a distribution that hold `module`, or that those import of the same one.

    A project may hold more beside them, such as tests; a wheel does not, and both are to give the
    same modules. No files where the module cannot be found.
    """
    top = module.partition(".")[0]
    spec = find_spec(top)  # of a top-level name, it imports nothing
    places = list(spec.submodule_search_locations or ()) if spec else []
    origin = spec.origin if spec and spec.origin else ""
    if not places and not Path(origin).is_file():
        return Installed(Path(), {}, None)
    root = Path(places[0] if places else origin).parent
    found = _distribution(package)
    project, in_place = _installed_from(found)
    listed = None if in_place or found is None else found.files
    own = None if listed is None else {str(file) for file in listed}
    if own is None and project is None and root in _libraries():
        own = _below(root, top)  # nobody says what else belongs to it
    if own is None:
        own = in_git(root)
    return Installed(root, dict(sorted(_reached(root, top, own))), project)


def beside_code(installed: Installed) -> list[str]:
    """What lies in the packages' folders besides Python's files, which run as well as these: data
    of its own, compiled code. By path, without caches and what is hidden."""
    tops = {name.partition("/")[0] for name in installed.files if "/" in name}
    return sorted(
        file.relative_to(installed.root).as_posix()
        for top in tops
        for file in (installed.root / top).rglob("*")
        if file.is_file() and not _hidden(file, installed.root) and "__pycache__" not in file.parts
        and file.suffix != ".py"
    )  # fmt: skip


def required_by(package: str) -> dict[str, str]:
    """The versions that are installed of what a distribution requires, by name; extras aside."""
    return {one.name: _version(one.name) for one in _requirements(package)}


def from_addresses(package: str) -> list[str]:
    """What a distribution requires from an address of its own, which no index keeps as it was."""
    return [str(one) for one in _requirements(package) if one.url]


def _requirements(package: str) -> Iterator[Requirement]:
    """Those that hold here; what an extra asks for is not installed with it."""
    found = _distribution(package)
    for text in (found and found.requires) or ():
        with suppress(InvalidRequirement):
            one = Requirement(text)
            if one.marker is None or one.marker.evaluate({"extra": ""}):
                yield one


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def in_git(folder: Path) -> set[str] | None:
    """The files below a folder that git knows or does not ignore; None outside a checkout."""
    words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "."]
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    names = {name for name in done.stdout.decode("utf-8", "replace").split("\0") if name}
    return names if done.returncode == 0 and names else None


def _reached(root: Path, top: str, own: set[str] | None) -> Iterator[tuple[str, Path]]:
    """The modules of `top` and of each top-level name that they import, as far as they are own."""
    waiting, seen = [top], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for file in _files(root, name):
            place = file.relative_to(root).as_posix()
            if own is None or place in own:
                yield place, file
                waiting += _imported(file)


def _files(root: Path, name: str) -> Iterator[Path]:
    if (root / name).is_dir():
        every = (root / name).rglob("*.py")
        yield from (file for file in every if file.is_file() and not _hidden(file, root))
    elif (root / f"{name}.py").is_file():
        yield root / f"{name}.py"


def _hidden(file: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(root).parts)


def _below(root: Path, top: str) -> set[str]:
    return {file.relative_to(root).as_posix() for file in _files(root, top)}


def _imported(file: Path) -> set[str]:
    """Top-level names; relative imports stay within the package."""
    try:
        nodes = list(ast.walk(ast.parse(file.read_bytes())))
    except (SyntaxError, ValueError):
        return set()
    names = [a.name for n in nodes if isinstance(n, ast.Import) for a in n.names]
    names += [n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.module and not n.level]
    return {name.partition(".")[0] for name in names}


def _distribution(package: str) -> Distribution | None:
    try:
        return distribution(package)
    except PackageNotFoundError:
        return None


def _installed_from(found: Distribution | None) -> tuple[Path | None, bool]:
    """The folder that pip was given, if it is here, and whether Python imports from there."""
    try:
        data = json.loads((found and found.read_text("direct_url.json")) or "{}")
        url, how = urlsplit(data["url"]), data.get("dir_info") or {}
    except (KeyError, TypeError, ValueError):
        return None, False
    folder = Path(url2pathname(url.path)) if url.scheme == "file" else None
    here = folder is not None and "dir_info" in data and folder.is_dir()
    return folder if here else None, bool(how.get("editable"))


def _libraries() -> set[Path]:
    return {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
