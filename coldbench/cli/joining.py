"""`run --out STUDY`: what a stored study says need not be said again, and is not contradicted."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from coldbench import registry
from coldbench.errors import ColdbenchError, UsageError, shorten
from coldbench.learning import load_variant
from coldbench.options import validated
from coldbench.report.recipe import Design, design_of, parts_of
from coldbench.study import YARDSTICKS, Manifest, Named, Study, StudyConfig, read_study
from coldbench.tasks import PROTOCOLS
from coldbench.text import listed

__all__ = ["joined"]

Values = Mapping[str, Any]
SHARED = {"scenarios": (), "shots": [], "refit": True, "device": "cpu", "stop_by": "mae"}


def joined(file: Path | None, said: Values) -> StudyConfig:
    """The configuration of a command; where its `out` holds a study, that says what it does not.

    Raises UsageError for what differs from the stored study, with both values and the flag.
    """
    asked = read_study(file, said)
    if asked.out is None or not (asked.out / "study.json").exists():
        return asked
    stored = Study.open(asked.out).manifest
    if stored.data.frames:
        raise UsageError(
            f"{asked.out} was run on data frames, which no study holds: join it in Python, with "
            "run_study(config, ratings=...)"
        )
    config = asked.model_copy(update=dict(_settings(asked, stored)))
    differing = list(_differing(asked, config, stored))
    if differing:
        raise UsageError(_refusal(asked.out, differing, file, said))
    return config


# what the study says


def _settings(asked: StudyConfig, stored: Manifest) -> Iterator[tuple[str, Any]]:
    """Keys of the configuration that the stored study fills in."""
    given = asked.model_fields_set
    fixed = stored.fixed
    if "dataset" not in given:
        yield "dataset", _dataset(asked, stored)
    yield "dataset_options", {**stored.dataset_options, **asked.dataset_options}
    if asked.protocol == fixed["protocol"] or "protocol" not in given:
        yield "protocol", fixed["protocol"]
        yield "protocol_options", {**fixed["protocol_options"], **asked.protocol_options}
    for name, default in SHARED.items():
        if name not in given:
            value = fixed.get(name, default)
            yield name, tuple(value) if isinstance(value, list) else value
    if "margin" not in given:
        yield "margin", stored.margin
    if "yardsticks" not in given:
        yield "yardsticks", bool(stored.yardsticks)
    yield from _seeds(asked, stored)
    if asked.ablation is None:
        yield from _learners(asked, stored)


def _dataset(asked: StudyConfig, stored: Manifest) -> str:
    name = str(stored.fixed["dataset"])
    if name not in registry.names("dataset"):
        raise UsageError(
            f"{asked.out} was run on {shorten(name)}, read from a file or folder that no study "
            "names: say where it is with --dataset"
        )
    return name


def _seeds(asked: StudyConfig, stored: Manifest) -> Iterator[tuple[str, Any]]:
    given = asked.model_fields_set
    if stored.looks and "looks" not in given:
        if given & {"seeds", "design"}:
            raise UsageError(
                f"{asked.out} adds seeds at looks of {listed([str(n) for n in stored.looks], 9)} "
                "seeds: leave --seeds and --design away"
            )
        yield "looks", stored.looks
        yield "seeds", stored.looks[-1]
    elif "seeds" not in given:
        design = _design(asked, stored)
        yield "seeds", design.seeds
        yield "design", design.name
    elif "design" not in given and (found := design_of(stored)):
        yield "design", found.name


def _design(asked: StudyConfig, stored: Manifest) -> Design:
    """That of all runs; a command without models would plan runs that nobody asked for where
    learners have different seeds."""
    alike = "models" in asked.model_fields_set or len(parts_of(stored)) == 1
    design = design_of(stored) if alike else None
    if design is None:
        raise UsageError(
            f"the learners of {asked.out} have different seeds: say --models and --seeds"
        )
    return design


def _learners(asked: StudyConfig, stored: Manifest) -> Iterator[tuple[str, Any]]:
    """The models, and for those that are stored the options that they ran with."""
    theirs = [name for name in stored.learners if name not in stored.yardsticks]
    named = "models" in asked.model_fields_set
    references = [name for name in asked.against if name in stored.learners]
    models = tuple(dict.fromkeys([*asked.models, *references] if named else theirs))
    on = asked.yardsticks if "yardsticks" in asked.model_fields_set else bool(stored.yardsticks)
    beside = YARDSTICKS if on else ()
    known = [name for name in (*models, *beside) if name in stored.learners]
    configured = {name: dict(stored.learners[name]) for name in known}
    bases = {name: str(config.pop("base", name)) for name, config in configured.items()}
    yield "models", models
    yield (
        "variants",
        {
            **asked.variants,
            **{name: Named(base=base) for name, base in bases.items() if base != name},
        },
    )
    yield (
        "options",
        {
            **asked.options,
            **{name: {**config, **_given(asked, name)} for name, config in configured.items()},
        },
    )


def _given(asked: StudyConfig, name: str) -> dict[str, Any]:
    named = asked.variants.get(name)
    return {**(named.options if named else {}), **asked.options.get(name, {})}


# what the command contradicts

Difference = tuple[str, str, object, object]  # key, what it is, stored, asked


def _differing(asked: StudyConfig, config: StudyConfig, stored: Manifest) -> Iterator[Difference]:
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
        if key != "path" and theirs is not None and _listed(theirs) != _listed(value):
            yield f"dataset.{key}", f"dataset.{key}", theirs, value


def _default(dataset: str, option: str) -> Any:
    """None where it is not known."""
    try:
        field = registry.load("dataset", dataset).Config.model_fields[option]
    except (ColdbenchError, AttributeError, KeyError):
        return None
    return field.get_default(call_default_factory=True)


def _of_learner(
    asked: StudyConfig, config: StudyConfig, stored: Values, name: str
) -> Iterator[Difference]:
    named = asked.variants.get(name)
    base = str(stored.get("base", name))
    if named is not None and named.base != base:
        yield f"variants.{name}.base", f"{name}.base", base, named.base
        return
    given = _given(asked, name)
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


# how it is said


def _refusal(out: Path, differing: list[Difference], file: Path | None, said: Values) -> str:
    facts = [f"{what} {_text(old)}, not {_text(new)}" for _, what, old, new in differing]
    flags = [_flag(key, file, said) for key, *_ in differing]
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
