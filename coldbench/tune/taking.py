"""Options that a learner takes from another, which is tuned first: those of a network they share.

Tuned apart, equal networks differ by the luck of their searches, and a comparison of what was built
on them would measure that.
"""

from collections.abc import Collection, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from coldbench.errors import UsageError
from coldbench.learning import Variant, load_variant
from coldbench.running import Job
from coldbench.study import StudyConfig
from coldbench.tune.result import Tuning

__all__ = ["bases_of", "in_order", "taking"]


def bases_of(config: StudyConfig, jobs: Mapping[str, Job]) -> dict[str, dict[str, str]]:
    """For each model, by option, the model that tunes it in its place: none that this model tunes,
    or that was given. Raises UsageError for one that is not tuned as well."""
    return {name: _bases(config, name, job) for name, job in jobs.items()}


def _bases(config: StudyConfig, name: str, job: Job) -> dict[str, str]:
    named = config.variants.get(name)
    given = {**(named.options if named else {}), **config.options.get(name, {})}
    found = _taken(load_variant(job.base), given)
    if missing := sorted(set(found.values()) - set(config.models)):
        raise UsageError(
            f"{name} has the base options of {' and '.join(missing)}, to be tuned first: name "
            f"them, as in --models {','.join([*missing, name])}. Where these are tuned, --out of "
            "that tuning repeats none of their runs"
        )
    return found


def _taken(variant: Variant, given: Collection[str]) -> dict[str, str]:
    own = {*variant.dimensions(), *given}
    tuned_by = {} if variant.fixed else variant.learner.Config.tuned_by
    return {option: base for option, base in tuned_by.items() if option not in own}


def in_order(bases: Mapping[str, Mapping[str, str]]) -> list[list[str]]:
    """Rounds of models: each after all those that it takes from."""
    sorter = TopologicalSorter({name: set(taken.values()) for name, taken in bases.items()})
    rounds = []
    try:
        sorter.prepare()
    except CycleError as error:
        raise UsageError(f"these take options from each other: {error.args[1]}") from None
    while sorter.is_active():
        ready = sorter.get_ready()
        rounds.append([name for name in bases if name in ready])
        sorter.done(*ready)
    return rounds


def taking(
    jobs: Sequence[Job], bases: Mapping[str, str], tunings: Mapping[str, Tuning]
) -> tuple[list[Job], dict[str, Any]]:
    """The jobs with what the tuned bases have for these options, and what of it is a change."""
    kind = load_variant(jobs[0].base).learner.Config
    before = kind.model_validate(jobs[0].config)
    values = {option: getattr(tunings[base].chosen, option) for option, base in bases.items()}
    changes = {k: value for k, value in values.items() if value != getattr(before, k)}
    config = kind.model_validate({**before.model_dump(), **changes}).model_dump(mode="json")
    return [job.model_copy(update={"config": config}) for job in jobs], changes
