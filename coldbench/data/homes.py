"""Where coldbench keeps prepared data (a cache) and imported raw data on this machine."""

import os
from pathlib import Path

import platformdirs

__all__ = ["cache_home", "data_home"]


def cache_home() -> Path:
    """`$COLDBENCH_CACHE`, else the user's cache folder. May be deleted at any time."""
    return _home("COLDBENCH_CACHE", platformdirs.user_cache_dir("coldbench"))


def data_home() -> Path:
    """`$COLDBENCH_DATA`, else the user's data folder: what was downloaded or imported."""
    return _home("COLDBENCH_DATA", platformdirs.user_data_dir("coldbench"))


def _home(variable: str, default: str) -> Path:
    return Path(os.environ.get(variable) or default).expanduser().absolute()
