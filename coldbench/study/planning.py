"""StudyConfig -> the list of jobs."""

from typing import Any

from coldbench import registry
from coldbench.data import Ratings, keep, open_dataset
from coldbench.errors import DataError, UsageError, shorten, unknown
from coldbench.learning import load_variant
from coldbench.options import validated
from coldbench.running import Job, SplitKey, permitted
from coldbench.study.ablation import expand
from coldbench.study.config import Named, StudyConfig
from coldbench.study.designs import seed_vectors
from coldbench.tasks import PROTOCOLS, Protocol

__all__ = ["expanded", "plan", "statements", "untested"]


def plan(config: StudyConfig, ratings: Ratings | None = None) -> tuple[Ratings, list[Job]]:
    """The data and the jobs, seed by seed, so that learners of one seed share a split.

    ratings: your own, instead of the data set that the configuration names. Raises UsageError for
    unknown names and options, DataError for the data.
    """
    config = expanded(config)
    stray = sorted(config.options.keys() - set(config.models))
    if stray:
        raise unknown("learner in options", stray[0], config.models)
    for name in config.against:
        if name not in config.models:
            raise unknown("learner in against", name, config.models)
    if config.stop_by not in registry.names("metric"):
        raise unknown("metric in stop_by", config.stop_by, registry.names("metric"))
    registry.load("metric", config.stop_by)
    learners = {name: _learner(config, name) for name in config.models}
    protocol = _protocol(config)
    vectors = seed_vectors(config.design, config.seed_list)
    ratings = _opened(config, ratings)
    protocol = protocol.checked(ratings)
    common: dict[str, Any] = {
        "dataset": ratings.name,
        "dataset_sha256": ratings.sha256,
        "protocol": config.protocol,
        "protocol_options": protocol.model_dump(mode="json"),
        "scenarios": config.scenarios,
        "shots": config.shots,
        "refit": config.refit,
        "device": config.device,
        "stop_by": config.stop_by,
    }
    return ratings, [
        Job(learner=name, base=base, config=learner, seeds=seeds, **common)
        for seeds in vectors
        for name, (base, learner) in learners.items()
    ]


def _opened(config: StudyConfig, ratings: Ratings | None) -> Ratings:
    if ratings is None:
        return open_dataset(config.dataset, config.dataset_options)
    stray = sorted({"dataset", "dataset_options"} & config.model_fields_set)
    if stray:
        raise UsageError(f"{stray[0]} in the configuration, and ratings besides: give one of them")
    if not isinstance(ratings, Ratings):
        kind = shorten(type(ratings).__name__)
        raise UsageError(f"ratings is a {kind}: make Ratings of frames with coldbench.from_frames")
    return keep(ratings)


def statements(job: Job) -> tuple[str, ...]:
    """What the protocol of a planned job says that a reader of its results must know."""
    return PROTOCOLS[job.protocol].model_validate(job.protocol_options).statements()


def untested(job: Job) -> tuple[str, ...]:
    """The scenarios in which a job tests nobody; raises DataError where these are all."""
    _, split = permitted(SplitKey.of(job))
    lacking = [name for name in job.scenarios if not len(split.test.only((name,)).user)]
    if not lacking:
        return ()
    protocol = PROTOCOLS[job.protocol].model_validate(job.protocol_options)
    where = " or ".join(lacking) if len(lacking) < len(job.scenarios) else "any scenario"
    told = f"seed {job.seeds.label}: nobody can be tested in {where}"
    if len(lacking) < len(job.scenarios):
        return (f"{told}; --set protocol.NAME=VALUE changes what a test task needs",)
    raise DataError(
        f"{job.dataset}, {told} with these numbers of the protocol. {protocol.in_words()} "
        "`coldbench data info` shows how much users rate; --set protocol.NAME=VALUE changes one"
    )


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
    variant = load_variant(named.base)
    own = config.options.get(spec.learner, {})
    expansion = expand(spec, variant, {**named.options, **own})
    made = {
        label: Named(base=named.base, options=dict(options))
        for label, options in expansion.configurations.items()
        if label != spec.learner
    }
    taken = sorted(made.keys() & {*known, *config.options})
    if taken:
        raise UsageError(
            f"{shorten(taken[0])} is a configuration of the ablation: give options of all its "
            "configurations as `ablation: {options: ...}`, and other variants other names"
        )
    others = config.models if "models" in config.model_fields_set else ()
    models = tuple(dict.fromkeys([*others, *expansion.configurations]))
    base = (
        {spec.learner: {**own, **spec.options}} if spec.learner in expansion.configurations else {}
    )
    consumed = {} if spec.learner in models else {spec.learner}
    return config.model_copy(
        update={
            "ablation": None,
            "departures": (*config.departures, *expansion.departures),
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
        variant = load_variant(named.base)
    except UsageError:
        if named.base not in registry.names("learner"):
            raise
        return named.base, given
    full = validated(variant.learner.Config, variant.completed(given), f"learner {name!r}")
    return named.base, full.model_dump(mode="json")


def _protocol(config: StudyConfig) -> Protocol:
    if config.protocol not in PROTOCOLS:
        raise unknown("protocol", config.protocol, PROTOCOLS)
    chosen = PROTOCOLS[config.protocol]
    return validated(chosen, config.protocol_options, f"protocol {config.protocol!r}")
