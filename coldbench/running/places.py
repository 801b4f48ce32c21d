"""The line of a learner's own code at which a run failed, and not where torch noticed."""

import sys
import traceback
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from coldbench.registry import plugins

__all__ = ["Place", "place_of"]


class Place(BaseModel):
    """root: the folder that holds the learner's package; file: below it; function: as Python calls
    it, or empty where the file cannot be read at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    root: str
    file: str
    line: int
    function: str = ""

    def __str__(self) -> str:
        """The same on every machine."""
        return f"{self.file}, line {self.line}" + (f", in {self.function}" if self.function else "")

    @property
    def path(self) -> Path:
        """Where the file was when the run failed."""
        return Path(self.root, self.file)


def place_of(error: BaseException, learner: str) -> Place | None:
    """The innermost line of the package that registers the learner, in the error itself or else in
    those that led to it; None where no line is of that package."""
    plugin = plugins("learner").get(learner)
    package = plugin.target.partition(":")[0].split(".")[0].strip() if plugin else ""
    homes = _homes(package)
    for one in _chain(error):
        found = [
            Place(root=str(root), file=file.relative_to(root).as_posix(), line=line, function=name)
            for file, line, name in _lines(one)
            for root in (home.parent for home in homes if home == file or home in file.parents)
        ]
        if found:
            return found[-1]
    return None


def _homes(package: str) -> list[Path]:
    """The folders of a top-level package, or the file of a module."""
    module = sys.modules.get(package)
    spec = getattr(module, "__spec__", None)
    try:
        spec = spec or (find_spec(package) if package else None)
    except (ImportError, ValueError):
        return []
    if spec is None:
        return []
    folders = list(spec.submodule_search_locations or ())
    return [Path(place).resolve() for place in folders or [spec.origin] if place]


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        yield one
        seen.add(id(one))
        one = one.__cause__ or one.__context__


def _lines(error: BaseException) -> Iterator[tuple[Path, int, str]]:
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield Path(frame.f_code.co_filename).resolve(), line, frame.f_code.co_name
    if isinstance(error, SyntaxError) and error.filename:
        yield Path(error.filename).resolve(), error.lineno or 1, ""
