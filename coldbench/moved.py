"""Import paths of earlier versions: they still work, with a DeprecationWarning.

What a plugin needs is in `coldbench` itself now; these names lead to where the code has moved.
"""

import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["FINDER", "MOVED"]

MOVED = {
    "coldbench.checking": "coldbench.conformance.checking",
    "coldbench.content": "coldbench.learning.content",
    "coldbench.datasets": "coldbench.data",
    "coldbench.datasets.dataset": "coldbench.data.dataset",
    "coldbench.drive": "coldbench.study.drive",
    "coldbench.episodes": "coldbench.tasks.episodes",
    "coldbench.learner": "coldbench.learning.learner",
    "coldbench.metrics": "coldbench.scoring.metrics",
    "coldbench.metrics.metric": "coldbench.scoring.metrics.metric",
    "coldbench.plan": "coldbench.study",
    "coldbench.ragged": "coldbench.data.ragged",
    "coldbench.ratings": "coldbench.data.ratings",
    "coldbench.results": "coldbench.study.results",
    "coldbench.space": "coldbench.learning.space",
    "coldbench.splits": "coldbench.tasks.splits",
    "coldbench.store": "coldbench.study.store",
}


class _Moved(ModuleType):
    """A module that forwards to the one that replaces it."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__") and name != "__all__":  # its own, such as __path__
            raise AttributeError(name)
        return getattr(import_module(MOVED[self.__name__]), name)


class _Alias(Loader):
    """Creates such a module, and warns what to import instead."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Moved(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        text = f"{module.__name__} is an import path of an earlier coldbench: import from coldbench"
        warnings.warn(text, DeprecationWarning, stacklevel=2)


class MovedFinder(MetaPathFinder):
    """Finds the names of MOVED."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in MOVED:
            return None
        package = any(name.startswith(f"{fullname}.") for name in MOVED)
        return ModuleSpec(fullname, _Alias(), is_package=package)


FINDER = MovedFinder()
