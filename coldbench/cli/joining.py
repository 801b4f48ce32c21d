"""`run --out STUDY`: what a stored study says need not be said again, and is not contradicted."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from coldbench import registry
from coldbench.cli.contradictions import SHARED, differing, given_options, refusal
from coldbench.errors import UsageError, shorten
from coldbench.report.recipe import Design, design_of, parts_of
from coldbench.study import (
    YARDSTICKS,
    Manifest,
    Named,
    Study,
    StudyConfig,
    overlaid,
    read_study,
)
from coldbench.text import listed

__all__ = ["joined", "joined_with"]

Values = Mapping[str, Any]


def joined(file: Path | None, said: Values) -> StudyConfig:
    """The configuration of a command; where its `out` holds a study, that says what it does not.

    Raises UsageError for what differs from the stored study, with both values and the flag.
    """
    return joined_with(read_study(file, said), file, said)


def joined_with(asked: StudyConfig, file: Path | None, said: Values) -> StudyConfig:
    """The same of a configuration that was read; file, said: where a refusal looks for its keys."""
    if asked.out is None or not (asked.out / "study.json").exists():
        return asked
    stored = Study.open(asked.out).manifest
    if stored.data.frames:
        raise UsageError(
            f"{asked.out} was run on data frames, which no study holds: join it in Python, with "
            "run_study(config, ratings=...)"
        )
    config = asked.model_copy(update=dict(_settings(asked, stored)))
    found = list(differing(asked, config, stored))
    if found:
        raise UsageError(refusal(asked.out, found, file, said))
    return config


def _settings(asked: StudyConfig, stored: Manifest) -> Iterator[tuple[str, Any]]:
    """Keys of the configuration that the stored study fills in."""
    given = asked.model_fields_set
    fixed = stored.fixed
    if "dataset" not in given:
        yield "dataset", _dataset(asked, stored)
    yield "dataset_options", {**stored.dataset_options, **asked.dataset_options}
    if asked.protocol == fixed["protocol"] or "protocol" not in given:
        yield "protocol", fixed["protocol"]
        yield "protocol_options", overlaid(fixed["protocol_options"], asked.protocol_options)
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
    elif not given & {"seeds", "design"}:
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
    other = {name: Named(base=base) for name, base in bases.items() if base != name}
    whole = {name: {**ran, **given_options(asked, name)} for name, ran in configured.items()}
    yield "variants", {**asked.variants, **other}
    yield "options", {**asked.options, **whole}
