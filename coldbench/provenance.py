"""Where a result comes from: code revision, versions, machine. Recorded with every run."""

import os
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from coldbench.registry import plugins

__all__ = ["provenance"]

LIBRARIES = ("coldbench", "learn2learn", "numpy", "pandas", "pyarrow", "scipy", "torch")
# Never the whole environment: it may hold secrets.
VARIABLES = ("CUBLAS_WORKSPACE_CONFIG", "LANG", "OMP_NUM_THREADS", "PYTHONHASHSEED", "TZ")


def provenance(learner: str) -> dict[str, Any]:
    """Facts of this process and of the package that registers the learner."""
    plugin = plugins("learner").get(learner)
    source = f"{plugin.package} {plugin.version} ({plugin.target})" if plugin else "unknown"
    return {**_machine(), "plugin": source}


@cache
def _machine() -> dict[str, Any]:
    return {
        "revision": _git("rev-parse", "HEAD"),
        "dirty": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "cpu_count": os.cpu_count(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "environment": {name: os.environ[name] for name in VARIABLES if name in os.environ},
    }


def _git(*words: str) -> str | None:
    """The answer of git about the folder of this package; None outside a checkout."""
    folder = Path(__file__).parent
    command = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
