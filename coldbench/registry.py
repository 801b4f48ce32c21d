"""Plugins by name: learners, data sets and metrics, all found through entry points, lazily.

Reading the names imports nothing, so a broken plugin affects only the run that asks for it.
Our own plugins register in `pyproject.toml`, exactly as a stranger's do.
"""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from coldbench.errors import UsageError, unknown

__all__ = ["GROUPS", "Plugin", "load", "names", "plugins"]

GROUPS = {
    "learner": "coldbench.learners",
    "dataset": "coldbench.datasets",
    "metric": "coldbench.metrics",
}


@dataclass(frozen=True)
class Plugin:
    """A registered name: its kind, the package that registers it, and where its code is."""

    kind: str
    name: str
    package: str
    version: str
    target: str

    @classmethod
    def of(cls, kind: str, point: EntryPoint) -> "Plugin":
        package, version = (point.dist.name, point.dist.version) if point.dist else ("unknown", "")
        return cls(kind, point.name, package, version, point.value)


@cache
def plugins(kind: str) -> dict[str, Plugin]:
    """All plugins of a kind by name, sorted; raises UsageError when two packages claim one name."""
    by_name: dict[str, Plugin] = {}
    for point in sorted(entry_points(group=GROUPS[kind]), key=lambda point: point.name):
        plugin = Plugin.of(kind, point)
        first = by_name.setdefault(plugin.name, plugin)
        if first.target != plugin.target:
            raise UsageError(
                f"two packages register the {kind} {plugin.name!r}: {first.package} "
                f"({first.target}) and {plugin.package} ({plugin.target}); uninstall one"
            )
    return by_name


def names(kind: str) -> list[str]:
    """The registered names of a kind, sorted; imports nothing."""
    return list(plugins(kind))


@cache
def load(kind: str, name: str) -> Any:
    """What a plugin's entry point names; raises UsageError for an unknown or broken one."""
    if name not in plugins(kind):
        error = unknown(kind, name, plugins(kind))
        raise UsageError(f"{error}; one of your own is registered by `pip install -e FOLDER`")
    plugin = plugins(kind)[name]
    try:
        return EntryPoint(name, plugin.target, GROUPS[kind]).load()
    except (Exception, SystemExit) as error:
        raise UsageError(
            f"the {kind} {name!r} of package {plugin.package} cannot be imported "
            f"({plugin.target}): {type(error).__name__}: {error}"
        ) from error
