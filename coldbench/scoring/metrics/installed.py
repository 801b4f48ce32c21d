"""Every registered metric; one that cannot be used is among them, and says why when asked."""

from collections.abc import Callable
from typing import Any

from coldbench import registry
from coldbench.errors import UsageError
from coldbench.scoring.metrics.metric import CONTRACT, Metric

__all__ = ["installed", "own_metrics"]


def installed() -> dict[str, Metric]:
    """By name; calling one whose package is broken raises UsageError."""
    return {name: _usable(name) for name in registry.names("metric")}


def own_metrics() -> dict[str, Metric]:
    """Those that coldbench itself registers, by name; no other package is imported."""
    plugins = registry.plugins("metric").items()
    return {name: _usable(name) for name, plugin in plugins if plugin.package == "coldbench"}


def _usable(name: str) -> Metric:
    try:
        metric = registry.load("metric", name)
    except UsageError as error:
        return _broken(name, str(error))
    if not isinstance(metric, Metric):
        return _broken(name, f"the entry point names {type(metric).__name__}, not a Metric")
    if metric.contract != CONTRACT:
        return _broken(name, f"contract {metric.contract}, coldbench has {CONTRACT}")
    return metric


def _broken(name: str, reason: str) -> Metric:
    return Metric(name, _raises(reason), True, None, None, "", reason)


def _raises(reason: str) -> Callable[..., float]:
    def function(*arrays: Any) -> float:
        raise UsageError(reason)

    return function
