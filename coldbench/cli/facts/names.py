"""Everything that can be named: with the package it comes from and one line about it."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from coldbench import registry
from coldbench.errors import ColdbenchError
from coldbench.learning import load_variant
from coldbench.tasks import PROTOCOLS

__all__ = ["names_of"]

Named = dict[str, str]  # name, package, what


def names_of(kind: str) -> list[Named]:
    """Of `models`, `datasets`, `protocols` or `metrics`."""
    return KINDS[kind]()


def _models() -> list[Named]:
    def summary(name: str, target: Any) -> str:
        variant = load_variant(name)
        return variant.note or _first_line(variant.learner)

    return _plugins("learner", summary)


def _datasets() -> list[Named]:
    return _plugins("dataset", lambda name, target: target.summary or _first_line(target))


def _metrics() -> list[Named]:
    return _plugins("metric", lambda name, target: target.summary)


def _protocols() -> list[Named]:
    package = f"coldbench {version('coldbench')}"
    return [
        {"name": name, "package": package, "what": protocol.summary}
        for name, protocol in PROTOCOLS.items()
    ]


KINDS: dict[str, Callable[[], list[Named]]] = {
    "models": _models,
    "datasets": _datasets,
    "protocols": _protocols,
    "metrics": _metrics,
}


def _plugins(kind: str, summary: Callable[[str, Any], str]) -> list[Named]:
    """A plugin that cannot be imported is listed with its error, not hidden."""
    lines = []
    for name, plugin in registry.plugins(kind).items():
        try:
            what = summary(name, registry.load(kind, name))
        except (ColdbenchError, AttributeError) as error:
            what = f"cannot be used: {error}"
        lines.append({"name": name, "package": f"{plugin.package} {plugin.version}", "what": what})
    return lines


def _first_line(thing: Any) -> str:
    return (thing.__doc__ or "").strip().split("\n")[0]
