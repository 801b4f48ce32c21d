"""Is the plugin that is installed here the one that the entry hands over, and can all be read?"""

import shlex
from pathlib import Path

from coldbench.errors import ColdbenchError, shorten
from coldbench.league.entries.form import PLUGIN, Plugin
from coldbench.league.entries.marks import Check
from coldbench.league.entries.modules import beside_code, from_addresses, required_by
from coldbench.league.entries.project import is_source
from coldbench.league.entries.source import modules_here, plugin_of

__all__ = ["same_code"]

COMPILED = {".so", ".pyd", ".dylib", ".dll"}


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
        if wrong := _otherwise(wanted, here) or _unread(wanted, folder):
            return Check(name="plugin", passed=False, said=wrong)
        said = f"{name}, code {here.sha256[:16]}, as here"
        known = {"coldbench", *required_by("coldbench")}
        theirs = required_by(here.distribution).items()
        more = [f"{name} {version}" for name, version in theirs if name not in known]
        read: tuple[str, ...] = ()
        read += (f"to be read too, since it requires them: {', '.join(more)}",) if more else ()
        if built := _compiled(wanted):
            read += (f"compiled, and so not to be read: {', '.join(map(shorten, built))}",)
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


def _otherwise(wanted: Plugin, here: Plugin) -> str:
    """What the entry says of the same code that is not so here."""
    for name in ("distribution", "target"):
        said, found = getattr(wanted, name), getattr(here, name)
        if said != found:
            return f"entry.json says {name} {shorten(said)}, which here is {shorten(found)}"
    return ""


def _unread(wanted: Plugin, folder: Path) -> str:
    """What runs here and is not in plugin/, where people read it; nothing of coldbench itself."""
    if wanted.kept == "coldbench":
        return ""
    installed, place = modules_here(wanted.learner), folder / PLUGIN
    for name, file in installed.files.items():
        held = [one for one in (place / name, place / "src" / name) if one.is_file()]
        if not any(_text(one) == _text(file) for one in held):
            told = "is not the file that is installed here" if held else "is missing"
            return f"{PLUGIN}/{name} {told}: what is read has to be what runs"
    rest = [name for name in beside_code(installed) if not is_source(name)]
    if data := [name for name in rest if Path(name).suffix not in COMPILED]:
        return (
            f"the package holds {shorten(data[0])}, which nobody can read, and which may hold the "
            "test ratings: take data out of the package"
        )
    return ""


def _compiled(wanted: Plugin) -> list[str]:
    every = [] if wanted.kept == "coldbench" else beside_code(modules_here(wanted.learner))
    return [name for name in every if Path(name).suffix in COMPILED]


def _text(file: Path) -> bytes:
    return file.read_bytes().replace(b"\r\n", b"\n")


def _install(plugin: Plugin, folder: Path) -> str:
    if plugin.kept == "project":
        return shlex.join(["pip", "install", str(folder / PLUGIN)])
    return shlex.join(["pip", "install", f"{plugin.distribution}=={plugin.version}"])
