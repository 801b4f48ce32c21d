"""From a name or a path, and options, to `Ratings`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from coldbench import registry
from coldbench.data.cache import open_cached
from coldbench.data.dataset import CONTRACT, Dataset
from coldbench.data.ratings import Ratings
from coldbench.errors import DataError, UsageError, shorten, unknown

__all__ = ["find_dataset", "open_dataset"]


def open_dataset(name_or_path: str, options: Mapping[str, Any] | None = None) -> Ratings:
    """The prepared ratings of a registered data set, a folder of raw files or an official archive.

    Raises UsageError for a wrong name or option, DataError for unusable data.
    """
    return open_cached(find_dataset(name_or_path, options))


def find_dataset(name_or_path: str, options: Mapping[str, Any] | None = None) -> Dataset:
    """The data set, configured; reads at most the names of the files in a folder or archive."""
    text, chosen = str(name_or_path), dict(options or {})
    if text in registry.names("dataset"):
        return _configure(registry.load("dataset", text), chosen)
    path = Path(text).expanduser()
    if not _exists(path):
        if "/" in text:
            raise DataError(f"{shorten(text, 200)}: no such file, folder or archive")
        error = unknown("dataset", text, registry.names("dataset"))
        raise UsageError(f"{error}; nor is there a file or folder of that name here")
    from coldbench.data.raw.source import recognise

    return _configure(registry.load("dataset", recognise(path)), {"path": path, **chosen})


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _configure(plugin: Any, options: dict[str, Any]) -> Dataset:
    _check_contract(plugin)
    config = plugin.Config
    for key in options:
        if key not in config.model_fields:
            raise unknown("option", f"dataset.{key}", [f"dataset.{k}" for k in config.model_fields])
    try:
        configured = config(**options)
    except ValidationError as error:
        raise UsageError(_explain(error)) from error
    dataset = plugin(configured)
    if not isinstance(dataset, Dataset):
        raise UsageError(f"{plugin!r} does not make a coldbench.Dataset")
    return dataset


def _check_contract(plugin: Any) -> None:
    declared = getattr(plugin, "contract", CONTRACT)
    if declared != CONTRACT:
        raise UsageError(
            f"data set {plugin!r} was written for contract {declared}, "
            f"this coldbench has contract {CONTRACT}: update the package that registers it"
        )


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(["dataset", *map(str, first["loc"])])
    received = "" if first["type"] == "value_error" else f", not {shorten(first['input'])}"
    return f"{place}: {first['msg'].removeprefix('Value error, ')}{received}"
