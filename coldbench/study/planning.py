"""Command line or YAML -> StudyConfig -> the list of jobs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from coldbench import registry
from coldbench.data import Ratings, open_dataset
from coldbench.errors import UsageError, shorten, unknown
from coldbench.learning import Variant
from coldbench.options import read_yaml, validated
from coldbench.running import Job
from coldbench.study.ablation import AblationSpec, Departure, expand
from coldbench.study.budget import FIRST_TUNING_SEED, Budget
from coldbench.study.designs import seed_vectors
from coldbench.tasks import PROTOCOLS, SCENARIOS, Protocol

__all__ = ["Named", "StudyConfig", "expanded", "plan", "read_config", "read_study"]


class Named(BaseModel):
    """A configuration under a name of its own: a registered learner and departures from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    base: str
    options: dict[str, Any] = {}


class StudyConfig(BaseModel):
    """A study as its user writes it; every key may be left out.

    dataset: a registered name or a folder; dataset_options, protocol_options: departures from
    their defaults; models: registered learners, or names of `variants`, which configure one;
    options: {learner: {option: value}}; seeds: how many (0..n-1), or which;
    design: how the four streams move (`coldbench.study.designs`);
    shots: numbers of support ratings to predict with besides all of them; refit: train again on
    all training ratings once the number of epochs is chosen; out: the study's folder; published:
    a file of published values (`coldbench.study.published`), copied into the study for its report;
    ablation: configurations of one learner that differ in one thing each, run instead of the
    default `models`; departures: which `variants` depart from which, as an ablation states it;
    tuning: how learners were tuned (`coldbench tune` writes it), for the report; against: models
    that the others should beat, named before the runs: the report tests these pairs as a family.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    dataset: str = "synthetic"
    dataset_options: dict[str, Any] = {}
    protocol: str = "separate"
    protocol_options: dict[str, Any] = {}
    models: tuple[str, ...] = Field(("mamo", "melu"), min_length=1)
    variants: dict[str, Named] = {}
    ablation: AblationSpec | None = None
    departures: tuple[Departure, ...] = ()
    options: dict[str, dict[str, Any]] = {}
    seeds: int | tuple[int, ...] = 10
    design: str = "joint"
    scenarios: tuple[str, ...] = SCENARIOS
    shots: tuple[int, ...] = ()
    refit: bool = True
    device: str = "cpu"
    out: Path | None = None
    published: Path | None = None
    tuning: dict[str, Budget] = {}
    against: tuple[str, ...] = ()

    @field_validator("seeds")
    @classmethod
    def _some_seeds(cls, value: int | tuple[int, ...]) -> int | tuple[int, ...]:
        listed = value if isinstance(value, tuple) else tuple(range(value))
        if not listed or min(listed) < 0 or len(set(listed)) < len(listed):
            raise ValueError("give a positive number of seeds, or different seeds >= 0")
        return value

    @field_validator("scenarios")
    @classmethod
    def _known_scenarios(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for name in value:
            if name not in SCENARIOS:
                raise ValueError(f"unknown scenario {name!r}: known are {', '.join(SCENARIOS)}")
        return tuple(name for name in SCENARIOS if name in value)

    @field_validator("shots")
    @classmethod
    def _sorted_shots(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if value and min(value) < 0:
            raise ValueError("shots are numbers of ratings, 0 or more")
        return tuple(sorted(set(value)))

    @property
    def seed_list(self) -> tuple[int, ...]:
        """The seeds, one for each replicate."""
        return self.seeds if isinstance(self.seeds, tuple) else tuple(range(self.seeds))


def read_config(file: Path | None, overrides: Mapping[str, Any]) -> StudyConfig:
    """A configuration file, and what the command line says besides, which wins."""
    data = read_yaml(file) if file else {}
    for key, value in overrides.items():
        nested = isinstance(value, dict) and isinstance(data.get(key), dict)
        data[key] = _deep(data[key], value) if nested else value
    return validated(StudyConfig, data, str(file) if file else "the command line")


def read_study(file: Path | None, overrides: Mapping[str, Any]) -> StudyConfig:
    """`read_config`, for commands that look at test tasks; raises UsageError for tuning's seeds."""
    config = read_config(file, overrides)
    late = max(config.seed_list)
    if late >= FIRST_TUNING_SEED:
        raise UsageError(
            f"seed {late}: seeds from {FIRST_TUNING_SEED} on are those of `coldbench tune`, which "
            f"chose defaults and options on them; use seeds below {FIRST_TUNING_SEED}"
        )
    return config


def plan(config: StudyConfig) -> tuple[Ratings, list[Job]]:
    """The data and the jobs, seed by seed, so that learners of one seed share a split.

    Raises UsageError for unknown names and options, DataError for the data.
    """
    config = expanded(config)
    stray = sorted(config.options.keys() - set(config.models))
    if stray:
        raise unknown("learner in options", stray[0], config.models)
    for name in config.against:
        if name not in config.models:
            raise unknown("learner in against", name, config.models)
    learners = {name: _learner(config, name) for name in config.models}
    protocol = _protocol(config)
    vectors = seed_vectors(config.design, config.seed_list)
    ratings = open_dataset(config.dataset, config.dataset_options)
    common: dict[str, Any] = {
        "dataset": ratings.name,
        "dataset_sha256": ratings.sha256,
        "protocol": config.protocol,
        "protocol_options": protocol.model_dump(mode="json"),
        "scenarios": config.scenarios,
        "shots": config.shots,
        "refit": config.refit,
        "device": config.device,
    }
    return ratings, [
        Job(learner=name, base=base, config=learner, seeds=seeds, **common)
        for seeds in vectors
        for name, (base, learner) in learners.items()
    ]


def expanded(config: StudyConfig) -> StudyConfig:
    """The same study with every configuration of its ablation among the variants.

    Raises UsageError for unknown names, and where a label of the ablation is taken.
    """
    spec = config.ablation
    if spec is None:
        _check_departures(config)
        return config
    known = [*registry.names("learner"), *config.variants]
    if spec.learner not in known:
        raise unknown("learner", spec.learner, known)
    named = config.variants.get(spec.learner, Named(base=spec.learner))
    variant = Variant.of(registry.load("learner", named.base), named.base)
    own = config.options.get(spec.learner, {})
    found = expand(spec, variant, {**named.options, **own})
    made = {
        label: Named(base=named.base, options=dict(options))
        for label, options in found.configurations.items()
        if label != spec.learner
    }
    taken = sorted(made.keys() & {*known, *config.options})
    if taken:
        raise UsageError(
            f"{shorten(taken[0])} is a configuration of the ablation: give options of all its "
            "configurations as `ablation: {options: ...}`, and other variants other names"
        )
    others = config.models if "models" in config.model_fields_set else ()
    models = tuple(dict.fromkeys([*others, *found.configurations]))
    base = {spec.learner: {**own, **spec.options}} if spec.learner in found.configurations else {}
    consumed = {} if spec.learner in models else {spec.learner}
    return config.model_copy(
        update={
            "ablation": None,
            "departures": (*config.departures, *found.departures),
            "variants": {**config.variants, **made},
            "models": models,
            "options": {k: v for k, v in config.options.items() if k not in consumed} | base,
        }
    )


def _check_departures(config: StudyConfig) -> None:
    for departure in (one for one in config.departures if not one.left_out):
        for name in (departure.label, departure.base):
            if name not in config.models:
                raise unknown("learner in departures", name, config.models)


def _learner(config: StudyConfig, name: str) -> tuple[str, dict[str, Any]]:
    """The registered learner that a name stands for, and its full configuration.

    A registered learner that cannot be imported keeps the given options: its runs record why.
    """
    known = [*registry.names("learner"), *config.variants]
    if name not in known:
        raise unknown("learner", name, known)
    named = config.variants.get(name, Named(base=name))
    given = {**named.options, **config.options.get(name, {})}
    try:
        variant = Variant.of(registry.load("learner", named.base), named.base)
    except UsageError:
        if named.base not in registry.names("learner"):
            raise
        return named.base, given
    data = {**variant.options, **given}
    found = validated(variant.learner.Config, data, f"learner {name!r}")
    return named.base, found.model_dump(mode="json")


def _protocol(config: StudyConfig) -> Protocol:
    if config.protocol not in PROTOCOLS:
        raise unknown("protocol", config.protocol, PROTOCOLS)
    chosen = PROTOCOLS[config.protocol]
    return validated(chosen, config.protocol_options, f"protocol {config.protocol!r}")


def _deep(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(old)
    for key, value in new.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _deep(merged[key], value) if both else value
    return merged
