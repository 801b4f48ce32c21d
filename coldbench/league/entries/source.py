"""The source of the package that registers a learner: its Python files, their hash, its project.

The hash is of the modules of the package alone, so that a project that was installed from its
folder, in place or as a wheel has the same one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from coldbench import registry
from coldbench.errors import UsageError, unknown
from coldbench.league.entries.form import Plugin
from coldbench.league.entries.modules import Installed, modules_of
from coldbench.league.entries.project import project_files
from coldbench.running import code_of

__all__ = ["Source", "modules_here", "plugin_of", "source_of"]


@dataclass(frozen=True)
class Source:
    """plugin: as entry.json says it; files: what plugin/ holds, by path."""

    plugin: Plugin
    files: Mapping[str, bytes]


def plugin_of(learner: str) -> Plugin:
    """The package of a registered learner as it is installed here; imports nothing.

    Raises UsageError for an unknown learner, and for a package whose code cannot be found.
    """
    known = registry.plugins("learner")
    if learner not in known:
        raise unknown("learner", learner, known)
    facts = known[learner]
    ours = facts.package == "coldbench"
    data = code_of(learner).encode() if ours else _joined(modules_here(learner).files)
    return Plugin(
        learner=learner,
        distribution=facts.package,
        version=facts.version,
        target=facts.target,
        sha256=hashlib.sha256(data).hexdigest(),
        kept="coldbench" if ours else "modules",
    )


def source_of(learner: str) -> Source:
    """The same, with the files to hand over: the project where it can be found.

    Raises UsageError for a package that is too large, or whose folder holds other code than ran.
    """
    plugin = plugin_of(learner)
    if plugin.kept == "coldbench":
        return Source(plugin, {})
    installed = modules_here(learner)
    files, left_out = project_files(installed)
    if installed.project is not None:
        plugin = plugin.model_copy(update={"kept": "project"})
    return Source(plugin.model_copy(update={"left_out": left_out}), files)


def modules_here(learner: str) -> Installed:
    """Of the package of a registered learner; raises UsageError where its code is not found."""
    facts = registry.plugins("learner")[learner]
    installed = modules_of(facts.package, facts.target.partition(":")[0].strip())
    if not installed.files:
        raise UsageError(
            f"the code of {learner!r} ({facts.package}, {facts.target}) cannot be found here: "
            "install the package with pip, so that its files can be read"
        )
    return installed


def _joined(files: Mapping[str, Path]) -> bytes:
    """Names and contents; line ends are those of Unix, whatever git makes of them."""
    parts = []
    for name, file in sorted(files.items()):
        text = file.read_bytes().replace(b"\r\n", b"\n")
        parts.append(f"{name}\0{len(text)}\0".encode() + text)
    return b"".join(parts)
