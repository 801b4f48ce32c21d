"""Is the plugin that is installed here the one that the entry hands over?"""

import shlex
from pathlib import Path

from coldbench.errors import ColdbenchError, shorten
from coldbench.league.entries.form import PLUGIN, Plugin
from coldbench.league.entries.marks import Check
from coldbench.league.entries.modules import from_addresses, required_by
from coldbench.league.entries.source import plugin_of

__all__ = ["same_code"]


def same_code(wanted: Plugin, folder: Path) -> Check:
    """By the hash of the package's modules; what differs is said with the command to install it."""
    install = _install(wanted, folder)
    try:
        here = plugin_of(wanted.learner)
    except ColdbenchError as error:
        said = f"{error}; the entry is installed, once its {PLUGIN}/ was read, by `{install}`"
        return Check(name="plugin", passed=False, said=said)
    name = f"{shorten(wanted.distribution)[1:-1]} {shorten(wanted.version)[1:-1]}"
    if elsewhere := from_addresses(here.distribution):
        said = (
            f"{name} requires {shorten(elsewhere[0])}, whose code is neither in {PLUGIN}/ nor kept "
            "by an index: take it into the package, or publish it"
        )
        return Check(name="plugin", passed=False, said=said)
    if here.sha256 == wanted.sha256:
        said = f"{name}, code {here.sha256[:16]}, as here"
        known = {"coldbench", *required_by("coldbench")}
        theirs = required_by(here.distribution).items()
        more = [f"{name} {version}" for name, version in theirs if name not in known]
        read = (f"to be read too, since it requires them: {', '.join(more)}",) if more else ()
        return Check(name="plugin", passed=True, said=said, more=read)
    return Check(
        name="plugin",
        passed=False,
        said=(
            f"the entry is of {name} with code {wanted.sha256[:16]}, installed here is "
            f"{here.distribution} {here.version} with {here.sha256[:16]}: read {PLUGIN}/, then "
            f"`{install}`"
        ),
    )


def _install(plugin: Plugin, folder: Path) -> str:
    if plugin.kept == "project":
        return shlex.join(["pip", "install", str(folder / PLUGIN)])
    return shlex.join(["pip", "install", f"{plugin.distribution}=={plugin.version}"])
