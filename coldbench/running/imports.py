"""The source files that a module imports, directly or not, of the package that holds it.

Read, never run: imports are taken from the text of the files, wherever they stand in it. An import
by a name that is made at run time (`importlib.import_module`, a lazy `__getattr__`) is not seen.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec, resolve_name
from pathlib import Path

__all__ = ["imported_files"]


@dataclass(frozen=True)
class _Module:
    """file: None for a folder of a namespace package; folders: where its submodules are."""

    file: Path | None
    folders: tuple[Path, ...] = ()


def imported_files(module: str) -> Mapping[str, Path]:
    """{name of module: file} of a module and of all that it imports, sorted by name.

    Packages above an imported module run as well, so their `__init__` belongs to it. Only modules
    of the same top-level package are followed. Empty where the module cannot be found.
    """
    files: dict[str, Path] = {}
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        for name, source in _path_to(waiting.pop()):
            if name in seen:
                continue
            seen.add(name)
            if source.file is not None:
                files[name] = source.file
                package = name if source.folders else name.rpartition(".")[0]
                waiting += _imports(source.file, package)
    return dict(sorted(files.items())) if module in seen else {}


def _path_to(name: str) -> Iterator[tuple[str, _Module]]:
    """A module and the packages above it, from the top; ends where a part is no module."""
    parts = name.split(".")
    source = _top(parts[0])
    for count, part in enumerate(parts, 1):
        source = _inside(source.folders, part) if source and count > 1 else source
        if source is None:
            return
        yield ".".join(parts[:count]), source


def _top(name: str) -> _Module | None:
    try:
        spec = find_spec(name)  # of a top-level name, it imports nothing
    except (ImportError, ValueError):
        return None
    if spec is None or (spec.origin is None and spec.submodule_search_locations is None):
        return None
    file = Path(spec.origin) if spec.origin and Path(spec.origin).is_file() else None
    folders = tuple(Path(place) for place in spec.submodule_search_locations or ())
    return _Module(file, folders) if file or folders else None


def _inside(folders: tuple[Path, ...], name: str) -> _Module | None:
    """A submodule: as Python looks for it, a package before a file before a bare folder."""
    for folder in folders:
        if (folder / name / "__init__.py").is_file():
            return _Module(folder / name / "__init__.py", (folder / name,))
        if (folder / f"{name}.py").is_file():
            return _Module(folder / f"{name}.py")
    bare = tuple(folder / name for folder in folders if (folder / name).is_dir())
    return _Module(None, bare) if bare else None


def _imports(file: Path, package: str) -> Iterator[str]:
    """The names of the file's own top-level package that it imports; some may be no modules."""
    try:
        nodes = list(ast.walk(ast.parse(file.read_bytes())))
    except (SyntaxError, ValueError):  # it cannot be imported either: the learner's runs say so
        return
    top = (package or file.stem).partition(".")[0]
    for node in nodes:
        for name in _names(node, package):
            if name.partition(".")[0] == top:
                yield name


def _names(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        try:
            base = resolve_name("." * node.level + (node.module or ""), package)
        except ImportError:  # above the top
            return
        yield base
        yield from (f"{base}.{alias.name}" for alias in node.names)
