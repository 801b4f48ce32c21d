"""A new plugin package from the templates beside this file: installable, tested, already working.

A template is `<kind>/<file>.jinja`; `module` in a file's name stands for the module's name.
"""

import keyword
import re
import sys
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from coldbench import registry
from coldbench.errors import UsageError, shorten, unknown

__all__ = ["KINDS", "create"]

KINDS = ("learner", "dataset", "metric")
HERE = Path(__file__).parent
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def create(kind: str, name: str, parent: Path) -> Path:
    """Write the package `parent/NAME` and return its folder.

    Raises UsageError for an invalid or taken name and for a folder that exists: nothing is ever
    overwritten.
    """
    if kind not in KINDS:
        raise unknown("kind of plugin", kind, KINDS)
    words = _words(kind, name)
    folder = parent / name
    files = {path.name: path.read_text("utf-8") for path in sorted((HERE / kind).glob("*.jinja"))}
    try:
        folder.mkdir(parents=True)
        for template, text in files.items():
            target = template.removesuffix(".jinja").replace("module", words["module"])
            (folder / target).write_text(_render(text, words), encoding="utf-8")
    except FileExistsError:
        raise UsageError(f"{folder} exists already; choose another name or --into FOLDER") from None
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror or error}") from None
    return folder


def _words(kind: str, name: str) -> Mapping[str, str]:
    """Values for the templates; raises UsageError for a bad name."""
    if not NAME.fullmatch(name) or len(name) > 40:
        raise UsageError(
            f"{kind} name {shorten(name)}: use at most 40 lower-case letters and digits, words "
            "joined by single hyphens, a letter first, such as my-learner"
        )
    module = name.replace("-", "_")
    if name in registry.names(kind):
        owner = registry.plugins(kind)[name].package
        raise UsageError(f"the {kind} {name!r} is registered already, by {owner}; choose another")
    if keyword.iskeyword(module):
        raise UsageError(f"{kind} name {name!r} is a Python keyword; choose another")
    if module in sys.stdlib_module_names or find_spec(module) is not None:
        raise UsageError(f"{kind} name {name!r}: Python has a module {module!r} already")
    title = "".join(word.capitalize() for word in name.split("-"))
    return {"name": name, "module": module, "title": title, "version": version("coldbench")}


def _render(text: str, words: Mapping[str, str]) -> str:
    environment = Environment(
        loader=FileSystemLoader(HERE), undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.from_string(text).render(words)
