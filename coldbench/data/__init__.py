"""Data sets: one raw format per file, all giving the same `Ratings`; imports nothing until used."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coldbench.data.cache import keep, open_prepared
    from coldbench.data.dataset import Dataset, Options
    from coldbench.data.download import download
    from coldbench.data.frames import from_frames
    from coldbench.data.importer import import_raw
    from coldbench.data.info import describe
    from coldbench.data.opening import find_dataset, open_dataset

__all__ = [
    "Dataset",
    "Options",
    "describe",
    "download",
    "find_dataset",
    "from_frames",
    "import_raw",
    "keep",
    "open_dataset",
    "open_prepared",
]

_HOME = {
    "Dataset": "dataset",
    "Options": "dataset",
    "describe": "info",
    "download": "download",
    "find_dataset": "opening",
    "from_frames": "frames",
    "import_raw": "importer",
    "keep": "cache",
    "open_dataset": "opening",
    "open_prepared": "cache",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found
