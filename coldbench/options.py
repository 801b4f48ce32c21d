"""YAML files and `--set` texts into typed models, with errors that name the fix."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from coldbench.errors import UsageError, shorten

__all__ = ["parse_assignments", "parse_levels", "read_yaml", "validated"]

Model = TypeVar("Model", bound=BaseModel)
LARGEST = 1_000_000  # bytes of a configuration file


def validated(model: type[Model], data: Mapping[str, Any], what: str) -> Model:
    """`model` from `data`; raises UsageError naming the first wrong key or value and the fix."""
    try:
        return model.model_validate(dict(data))
    except ValidationError as error:
        raise UsageError(f"{what}: {_explain(error, model)}") from None


def _explain(error: ValidationError, model: type[BaseModel]) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = sorted(model.model_fields)
        near = get_close_matches(key, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}? " if near else ""
        return f"unknown key {shorten(key)}: {hint}known are {', '.join(known)}"
    where = f"{shorten(key)} = {shorten(first['input'])}: " if key else ""
    return f"{where}{first['msg'].removeprefix('Value error, ')}"


class _Loader(yaml.SafeLoader):
    """Plain YAML without aliases (no alias bombs) and without duplicate keys."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.YAMLError(f"aliases are not allowed (line {event.start_mark.line + 1})")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.YAMLError(
                    f"key {shorten(key)} appears twice (line {node.start_mark.line + 1})"
                )
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file; raises UsageError with the file and, where known, the line."""
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path}: larger than {LARGEST:,} bytes, not a configuration")
        data = yaml.load(path.read_text("utf-8"), Loader=_Loader)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise UsageError(f"{path} is not plain YAML: {' '.join(str(error).split())}") from None
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise UsageError(f"{path}: expected a mapping of names to values")
    return data


def parse_assignments(texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """`learner.option=value` texts as {learner: {option: value}}; values are plain YAML."""
    assigned: dict[str, dict[str, Any]] = {}
    for text in texts:
        target, equals, value = text.partition("=")
        owner, dot, option = target.partition(".")
        if not (equals and dot and owner and option):
            raise UsageError(f"--set {shorten(text)}: write it as learner.option=value")
        for key, inner in _nested(option.split("."), _value(text, value)):
            options = assigned.setdefault(owner, {})
            if isinstance(inner, dict) and isinstance(options.get(key), dict):
                inner = {**options[key], **inner}
            options[key] = inner
    return assigned


def parse_levels(texts: Sequence[str]) -> dict[str, list[Any]]:
    """`option=value,value` texts as {option: values}; values are plain YAML."""
    levels: dict[str, list[Any]] = {}
    for text in texts:
        option, equals, values = text.partition("=")
        if not (equals and option and values):
            raise UsageError(f"--vary {shorten(text)}: write it as option=value,value")
        levels.setdefault(option, []).extend(_value(text, f"[{values}]", "--vary"))
    return levels


def _nested(path: list[str], value: Any) -> Iterator[tuple[str, Any]]:
    for key in reversed(path[1:]):
        value = {key: value}
    yield path[0], value


def _value(text: str, value: str, flag: str = "--set") -> Any:
    try:
        return yaml.load(value, Loader=_Loader)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise UsageError(f"{flag} {shorten(text)}: the value is not plain YAML") from None
