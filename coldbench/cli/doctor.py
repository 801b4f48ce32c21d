"""Is this machine ready? One line a check, with what to do about each problem."""

import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from coldbench import registry
from coldbench.errors import ColdbenchError, UsageError, shorten

__all__ = ["Check", "examine"]

LIBRARIES = ("coldbench", "torch", "numpy", "pandas", "pyarrow", "pydantic", "scipy")
SMALL = {"n_users": 240, "n_items": 160, "n_ratings": 9600}
PROBES = ("melu", "plain", "bias")  # the first that works shows whether runs repeat
SLOW = 0.25  # seconds to write and sync a small file
ROOM = 2**30  # bytes


@dataclass(frozen=True)
class Check:
    """level: ok, note (works, with a limit) or problem; advice: what to do, "" when ok."""

    name: str
    level: str
    observed: str
    advice: str = ""


def examine() -> Iterator[Check]:
    """Every check, as it finishes; none of them raises."""
    for check in (_versions, _plugins, _threads, _device, _learn2learn, _data, _cache,
                  _speed, _engines, _repeats):  # fmt: skip
        yield _safe(check)


def _safe(check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception as error:
        name = check.__name__.strip("_")
        return Check(name, "problem", f"{type(error).__name__}: {shorten(error)}", "report this")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _versions() -> Check:
    versions = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    return Check("versions", "ok", f"python {platform.python_version()}, {versions}")


def _plugins() -> Check:
    broken, count = [], 0
    for kind in registry.GROUPS:
        for name in registry.names(kind):
            count += 1
            try:
                registry.load(kind, name)
            except ColdbenchError:
                broken.append(shorten(name))
    if broken:
        observed, advice = f"cannot be imported: {', '.join(broken)}", "see `coldbench list models`"
        return Check("plugins", "problem", observed, advice)
    return Check("plugins", "ok", f"{count} registered, all can be imported")


def _threads() -> Check:
    import torch

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    observed = f"{cores} cores, torch would use {torch.get_num_threads()} threads; a run uses one"
    return Check("threads", "ok", observed)


def _device() -> Check:
    import torch

    if torch.cuda.is_available():
        advice = "runs repeat bit for bit on the CPU only"
        return Check("device", "note", f"cpu, cuda ({torch.cuda.get_device_name()})", advice)
    if torch.backends.mps.is_available():
        return Check("device", "note", "cpu", "mps is not used: it has no double precision")
    return Check("device", "ok", "cpu")


def _learn2learn() -> Check:
    if find_spec("learn2learn") is None:
        return Check(
            "learn2learn", "problem", "not installed: the learners that need it decline",
            "`make run` installs it; README.md has the command",
        )  # fmt: skip
    return Check("learn2learn", "ok", _version("learn2learn"))


def _data() -> Check:
    from coldbench.data import find_dataset

    ready, absent = [], []
    for name in registry.names("dataset"):
        try:
            find_dataset(name).key()
            ready.append(name)
        except UsageError:  # is read by its path
            continue
        except ColdbenchError:
            absent.append(name)
    advice = f"missing: {', '.join(absent)}; see `coldbench data download`, `import`"
    return Check(
        "data", "note" if absent else "ok", f"ready: {', '.join(ready)}", advice if absent else ""
    )


def _cache() -> Check:
    from coldbench.data import cache_home

    folder = cache_home()
    used = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    observed = f"{shorten(str(folder))}, {used / 1e6:.0f} MB used"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder):
            free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check("cache", "problem", f"{observed}: {error.strerror}", "set COLDBENCH_CACHE")
    level, advice = (
        ("ok", "") if free > ROOM else ("problem", "free some space, or set COLDBENCH_CACHE")
    )
    return Check("cache", level, f"{observed}, {free / 1e9:.1f} GB free", advice)


def _speed() -> Check:
    with TemporaryDirectory(dir=Path.cwd()) as folder:
        start = time.perf_counter()
        for number in range(5):
            with (Path(folder) / str(number)).open("wb") as file:
                file.write(bytes(100_000))
                file.flush()
                os.fsync(file.fileno())
        each = (time.perf_counter() - start) / 5
    observed = f"{1000 * each:.0f} ms to write and sync 100 kB in {shorten(str(Path.cwd()), 60)}"
    if each > SLOW:
        return Check("write speed", "note", observed, "keep studies on a local disk (`--out`)")
    return Check("write speed", "ok", observed)


def _engines() -> Check:
    extras = {"dask": "distributed", "slurm": "submitit"}
    absent = [name for name, module in extras.items() if find_spec(module) is None]
    observed = ", ".join(["serial", "processes", *(name for name in extras if name not in absent)])
    advice = f"for clusters: pip install 'coldbench[{','.join(absent)}]'" if absent else ""
    return Check("backends", "ok", observed, advice)


def _repeats() -> Check:
    """A small run in this process and one in a new process: are their predictions bit-equal?"""
    from coldbench.data import cache_home
    from coldbench.running import Settings, Source, outcomes
    from coldbench.study import StudyConfig, plan

    for name in PROBES:
        if name not in registry.names("learner"):
            continue
        config = StudyConfig(
            models=(name,), seeds=1, dataset_options=SMALL, options={name: {"epochs": 2}}
        )
        jobs = plan(config)[1]
        source = Source(str(cache_home()), config.dataset, config.dataset_options)
        in_process, in_worker = (
            next(iter(outcomes("serial", jobs, Settings(1, source, timeout)))).record
            for timeout in (None, 300.0)
        )
        if in_process.status == in_worker.status == "finished":
            same = in_process.predictions_sha256 == in_worker.predictions_sha256
            bits = "the same" if same else "DIFFERENT"
            observed = f"two runs of {name}, one in a new process: {bits} bits"
            advice = "" if same else "report this with the line `versions`"
            return Check("determinism", "ok" if same else "problem", observed, advice)
    return Check("determinism", "problem", "no learner works", "see `plugins`")
