"""How well do cold-start recommenders predict ratings, and how far can one run be trusted?

What plugins, notebooks and documentation import is listed in `__init__.pyi`, and is imported on
first use. Everything below is internal and free to move.
"""

import sys
from typing import Any

import lazy_loader

from coldbench.moved import FINDER

_public, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

if FINDER not in sys.meta_path:
    sys.meta_path.append(FINDER)  # asked last, when nothing else knows the name


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("coldbench")
    return _public(name)
