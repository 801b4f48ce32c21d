"""Where a command contradicts the stored study that it joins, and how to say so."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from coldbench import registry
from coldbench.errors import ColdbenchError, UsageError, shorten
from coldbench.learning import load_variant
from coldbench.options import validated
from coldbench.study import Manifest, StudyConfig
from coldbench.tasks import PROTOCOLS
from coldbench.text import listed

__all__ = ["SHARED", "differing", "given_options", "refusal"]

UNKNOWN = object()
Values = Mapping[str, Any]
Difference = tuple[str, str, object, object]  # key, what it is, stored, asked
SHARED = {"scenarios": (), "shots": [], "refit": True, "device": "cpu", "stop_by": "mae"}
"""What all runs of a study share besides data and protocol, with what an old study means."""


def differing(asked: StudyConfig, config: StudyConfig, stored: Manifest) -> Iterator[Difference]:
    """asked: as the command says it; config: with what it does not say taken from the study."""
    given, fixed = asked.model_fields_set, stored.fixed
    names = registry.names("dataset")
    if {config.dataset, fixed["dataset"]} <= set(names) and config.dataset != fixed["dataset"]:
        yield "dataset", "data set", fixed["dataset"], config.dataset
    else:
        yield from _of_data(asked, stored)
    if config.protocol != fixed["protocol"]:
        yield "protocol", "protocol", fixed["protocol"], config.protocol
    else:
        full = _full(PROTOCOLS[config.protocol], config.protocol_options, config.protocol)
        yield from _changed("protocol", asked.protocol_options, fixed["protocol_options"], full)
    for name, default in SHARED.items():
        value = getattr(asked, name)
        if name in given and _listed(value) != _listed(fixed.get(name, default)):
            yield name, name, fixed.get(name, default), value
    if "margin" in given and asked.margin != stored.margin:
        yield "margin", "margin", stored.margin, asked.margin
    if asked.ablation is None:
        for name in (name for name in config.options if name in stored.learners):
            yield from _of_learner(asked, config, stored.learners[name], name)


def _of_data(asked: StudyConfig, stored: Manifest) -> Iterator[Difference]:
    for key, value in asked.dataset_options.items():
        theirs = stored.dataset_options.get(key, _default(stored.fixed["dataset"], key))
        if key != "path" and theirs is not UNKNOWN and _listed(theirs) != _listed(value):
            yield f"dataset.{key}", f"dataset.{key}", theirs, value


def _default(dataset: str, option: str) -> Any:
    """UNKNOWN where it is not known."""
    try:
        field = registry.load("dataset", dataset).Config.model_fields[option]
    except (ColdbenchError, AttributeError, KeyError):
        return UNKNOWN
    return field.get_default(call_default_factory=True)


def _of_learner(
    asked: StudyConfig, config: StudyConfig, stored: Values, name: str
) -> Iterator[Difference]:
    named = asked.variants.get(name)
    base = str(stored.get("base", name))
    if named is not None and named.base != base:
        yield f"variants.{name}.base", f"{name}.base", base, named.base
        return
    given = given_options(asked, name)
    try:
        model = load_variant(base).learner.Config
    except UsageError:
        return  # its runs say why it cannot be imported
    full = _full(model, config.options[name], f"learner {name!r}") if given else {}
    yield from _changed(name, given, stored, full)


def _full(model: Any, options: Values, what: str) -> dict[str, Any]:
    full: dict[str, Any] = validated(model, options, what).model_dump(mode="json")
    return full


def _changed(owner: str, given: Values, stored: Values, full: Values) -> Iterator[Difference]:
    """Options that were given, where their value is another one than that of the study."""
    for key in given:
        if key in full and full[key] != stored.get(key):
            yield f"{owner}.{key}", f"{owner}.{key}", stored.get(key), full[key]


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple | list) else value


def refusal(out: Path, found: Sequence[Difference], file: Path | None, said: Values) -> str:
    """In one sentence; file, said: what the configuration file and the command line gave."""
    facts = [f"{what} {_text(old)}, not {_text(new)}" for _, what, old, new in found]
    flags = [_flag(key, file, said) for key, *_ in found]
    return (
        f"{out} has {'; '.join(facts)}: leave {listed(list(dict.fromkeys(flags)))} away, or "
        "choose another --out"
    )


def _flag(key: str, file: Path | None, said: Values) -> str:
    """How the command line says a key, or where the file does."""
    owner, dot, option = key.partition(".")
    if key == "dataset.strict":
        return "--strict"
    if dot:
        place = f"{owner}_options" if owner in ("dataset", "protocol") else "options"
        there = said.get(place) or {}
        there = there if place != "options" else there.get(owner) or {}
        return f"--set {key}" if option in there else f"`{key}` in {file}"
    if key == "refit" and key in said:
        return "--refit" if said[key] else "--no-refit"
    return f"--{key.replace('_', '-')}" if key in said else f"`{key}` in {file}"


def _text(value: object) -> str:
    if isinstance(value, tuple | list):
        return ",".join(map(str, value)) or "none"
    return shorten(value)[1:-1]


def given_options(asked: StudyConfig, name: str) -> dict[str, Any]:
    """The options that a configuration gives a learner, by its name and as a variant."""
    named = asked.variants.get(name)
    return {**(named.options if named else {}), **asked.options.get(name, {})}
