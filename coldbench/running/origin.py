"""Where a result comes from: code revision, versions, machine. Recorded with every run."""

import hashlib
import os
import platform
import subprocess
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from coldbench.registry import plugins
from coldbench.running.imports import imported_files

__all__ = ["code_has_changed", "code_of", "code_scheme", "machines_differ", "provenance"]

MACHINE = ("processor", "instructions", "platform", "python")
SCHEME = 2  # of fingerprints of code; moves when the same code gets another one

LIBRARIES = (
    "coldbench", "learn2learn", "lightgbm", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy",
    "torch",
)  # fmt: skip
ARITHMETIC = (  # hold a library to an instruction level, or to an order of sums
    "ATEN_CPU_CAPABILITY", "GLIBC_TUNABLES", "MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS",
    "NPY_DISABLE_CPU_FEATURES", "ONEDNN_MAX_CPU_ISA", "OPENBLAS_CORETYPE",
)  # fmt: skip
# Never the whole environment: it may hold secrets.
VARIABLES = (
    *ARITHMETIC, "CUBLAS_WORKSPACE_CONFIG", "LANG", "OMP_NUM_THREADS", "PYTHONHASHSEED", "TZ",
)  # fmt: skip


def provenance(learner: str) -> dict[str, Any]:
    """Facts of this process and of the package that registers the learner."""
    plugin = plugins("learner").get(learner)
    source = f"{plugin.package} {plugin.version} ({plugin.target})" if plugin else "unknown"
    return {**_machine(), "plugin": source, "code": code_of(learner)}


@cache
def code_of(learner: str) -> str:
    """The fingerprint of a learner's code, so that an edit shows; empty where it cannot be found.

    The number of the scheme, and 16 digits of the SHA-256 of the files that the learner's module
    imports of its own package (`running.imports`). Scheme 1, without a number, was of all files of
    the package. Imports nothing.
    """
    plugin = plugins("learner").get(learner)
    files = imported_files(plugin.target.partition(":")[0].strip()) if plugin else {}
    if not files:
        return ""
    digest = hashlib.sha256()
    for name, file in files.items():
        digest.update(f"{name}\0".encode() + file.read_bytes() + b"\0")
    return f"{SCHEME}:{digest.hexdigest()[:16]}"


def code_scheme(code: str) -> str:
    """How a fingerprint of code was made: only those of one scheme can be compared."""
    scheme, colon, _ = code.partition(":")
    return scheme if colon else "1"


def code_has_changed(stored: str, current: str) -> bool:
    """Whether two fingerprints say so; False where one is missing or of another scheme."""
    comparable = bool(stored and current) and code_scheme(stored) == code_scheme(current)
    return comparable and stored != current


def machines_differ(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What may give a run other bits at the same code, `name old -> new`: processor, instructions
    that torch uses, platform, Python, libraries, and what holds these to an instruction level.

    Empty where all of it is known and equal.
    """
    libraries, environment = (
        (old.get(part) or {}, new.get(part) or {}) for part in ("libraries", "environment")
    )
    facts = ((old, new), MACHINE, "unknown"), (libraries, LIBRARIES, "unknown")
    return [
        f"{name} {before.get(name, missing)} -> {after.get(name, missing)}"
        for (before, after), names, missing in (*facts, (environment, ARITHMETIC, "unset"))
        for name in names
        if before.get(name) != after.get(name)
    ]


@cache
def _machine() -> dict[str, Any]:
    import torch  # here, since a report asks for fingerprints of code alone

    return {
        "revision": _git("rev-parse", "HEAD"),
        "dirty": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "cpu_count": os.cpu_count(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "environment": {name: os.environ[name] for name in VARIABLES if name in os.environ},
    }


def _processor() -> str:
    """Its model as the system names it, or only its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or platform.machine())


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
