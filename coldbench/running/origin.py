"""Where a result comes from: code revision, versions, machine. Recorded with every run."""

import hashlib
import os
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from coldbench.registry import plugins

__all__ = ["code_of", "provenance"]

LIBRARIES = ("coldbench", "learn2learn", "numpy", "pandas", "pyarrow", "scipy", "torch")
# Never the whole environment: it may hold secrets.
VARIABLES = ("CUBLAS_WORKSPACE_CONFIG", "LANG", "OMP_NUM_THREADS", "PYTHONHASHSEED", "TZ")


def provenance(learner: str) -> dict[str, Any]:
    """Facts of this process and of the package that registers the learner."""
    plugin = plugins("learner").get(learner)
    source = f"{plugin.package} {plugin.version} ({plugin.target})" if plugin else "unknown"
    return {**_machine(), "plugin": source, "code": code_of(learner)}


@cache
def code_of(learner: str) -> str:
    """16 digits of the SHA-256 of the Python files of the top-level package or module that holds
    a learner, so that an edit shows; empty where they cannot be found. Imports nothing."""
    plugin = plugins("learner").get(learner)
    try:
        spec = find_spec(plugin.target.split(":")[0].split(".")[0]) if plugin else None
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.origin:
        return ""
    root = Path(spec.origin).parent
    files = sorted(root.rglob("*.py")) if spec.submodule_search_locations else [Path(spec.origin)]
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(root).as_posix()}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


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
