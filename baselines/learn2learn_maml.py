"""learn2learn's MAML, without the rest of learn2learn.

`learn2learn/__init__.py` imports gym, torchvision and more, and pins an old NumPy; its module
`learn2learn.algorithms.maml` needs torch alone. So while that module is imported, the packages
around it are stood in for by empty ones that know only where their files are; afterwards every
trace is taken out of `sys.modules`, so that a later `import learn2learn` is the real one.
"""

import importlib
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from coldbench import Declined

__all__ = ["INSTALL", "load_maml"]

INSTALL = "pip install --no-deps --config-settings=--build-option=build_ext learn2learn==0.2.0"
PACKAGES = ("learn2learn", "learn2learn.algorithms")


@cache
def load_maml() -> Any:
    """The class `learn2learn.algorithms.MAML`; raises Declined when it cannot be had."""
    if "learn2learn.algorithms.maml" in sys.modules:
        return sys.modules["learn2learn.algorithms.maml"].MAML
    folder = _folder()
    if folder is None:
        raise Declined(f"learn2learn is not installed: {INSTALL}")
    before = {name: module for name, module in sys.modules.items() if _inside(name)}
    try:
        for name in PACKAGES:
            sys.modules[name] = _bare(name, folder)
        return importlib.import_module("learn2learn.algorithms.maml").MAML
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise Declined(f"learn2learn cannot be imported ({reason}): {INSTALL}") from error
    finally:
        for name in [name for name in sys.modules if _inside(name)]:
            del sys.modules[name]
        sys.modules.update(before)


def _inside(name: str) -> bool:
    return name.split(".")[0] == "learn2learn"


def _folder() -> Path | None:
    """Where the files of learn2learn are; finding a top-level package does not execute it."""
    try:
        spec = find_spec("learn2learn")
    except (ImportError, ValueError):
        return None
    places = list(spec.submodule_search_locations or ()) if spec else []
    return Path(places[0]) if places else None


def _bare(name: str, folder: Path) -> ModuleType:
    module = ModuleType(name)
    module.__path__ = [str(folder.joinpath(*name.split(".")[1:]))]
    return module
