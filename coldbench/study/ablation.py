"""Ablations: a base configuration, and departures from it that change one thing each.

A learner may declare switches in its configuration class, {switch: {side: options}}. The base of a
side has all switches on that side; each departure flips one of them. Any option of any learner may
be varied in the same way, without a switch.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from coldbench.errors import UsageError, shorten, unknown
from coldbench.options import validated

if TYPE_CHECKING:
    from coldbench.learning import LearnerConfig, Variant  # not torch for every reader

__all__ = ["AblationSpec", "Departure", "Expanded", "bases", "couples", "expand"]

Options = Mapping[str, Any]
Change = tuple[tuple[str, Any], ...]  # options and their values; two factors may set one twice


class Departure(BaseModel):
    """A configuration that differs from `base` in `factors` only (two: an interaction).

    side: on which side of the switches the base is, `` without switches; left_out: why it is not
    run, `` when it is. A base that cannot be run is left out under its own label, with no factor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    label: str
    base: str
    side: str = ""
    factors: tuple[str, ...] = ()
    left_out: str = ""


class AblationSpec(BaseModel):
    """What to ablate.

    learner: a registered learner, or a name of `variants`; sides, switches: which, default all;
    pairs: factors to change together as well, `A+B`; vary: {option: values}, each a departure of
    its own; options: of every configuration.
    Switches are flipped unless only `vary` is given; then the base is the learner as it is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    learner: str
    sides: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    vary: dict[str, tuple[Any, ...]] = {}
    options: dict[str, Any] = {}

    @field_validator("pairs", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        parts = [tuple(pair.split("+")) if isinstance(pair, str) else pair for pair in value]
        for pair in parts:
            if isinstance(pair, list | tuple) and (len(pair) != 2 or pair[0] == pair[1]):
                raise ValueError(f"{shorten(pair)}: a pair is two different factors, A+B")
        return parts

    @field_validator("vary", mode="before")
    @classmethod
    def _lists(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: v if isinstance(v, list | tuple) else [v] for key, v in value.items()}

    @property
    def flips(self) -> bool:
        """Whether switches are flipped."""
        return bool(self.sides or self.switches or not self.vary)


@dataclass(frozen=True)
class Expanded:
    """configurations: {label: options}, bases before their departures."""

    configurations: Mapping[str, Options]
    departures: tuple[Departure, ...]


def expand(spec: AblationSpec, variant: "Variant", options: Options) -> Expanded:
    """Every configuration that an ablation runs; `options`: of the learner that it starts from.

    A combination that the learner refuses, or that changes nothing, is left out with the reason.
    Raises UsageError for unknown names, for a learner without switches, and when nothing remains.
    """
    model = variant.learner.Config
    switches = _switches(spec, model) if spec.flips else {}
    common = {**variant.options, **options, **spec.options}
    _known(model, [*spec.options, *spec.vary])
    _typed(model, spec.vary, common)
    _unswitched(spec, switches)
    configurations: dict[str, Options] = {}
    departures: list[Departure] = []
    for side in _chosen("side", spec.sides, _sides(switches)) or ("",):
        base = f"{spec.learner}:{side}" if side else spec.learner
        at_side = chain.from_iterable(sides[side].items() for sides in switches.values())
        start = {**common, **dict(at_side)}
        whole = _checked(model, start, base)
        if isinstance(whole, str):
            departures.append(Departure(label=base, base=base, side=side, left_out=whole))
            continue
        configurations[base] = start
        alone: set[str] = set()
        for factors, change in _changes(spec, switches, side):
            label = "~".join((base, *factors))
            lost = [name for name in factors if len(factors) > 1 and name not in alone]
            reason = f"{' and '.join(lost)} alone is left out" if lost else ""
            reason = reason or _refusal(model, whole, start, change, label)
            departures.append(
                Departure(label=label, base=base, side=side, factors=factors, left_out=reason)
            )
            if not reason:
                configurations[label] = {**start, **dict(change)}
                alone |= {factors[0]} if len(factors) == 1 else set()
    if not any(_runs(departure) for departure in departures):
        told = "; ".join(f"{d.label}: {d.left_out}" for d in departures[:3])
        raise UsageError(f"nothing to ablate in {spec.learner!r}: {told or 'no factor is given'}")
    return Expanded(configurations, tuple(departures))


def _refusal(
    model: type["LearnerConfig"], whole: "LearnerConfig", start: Options, change: Change, label: str
) -> str:
    """Why a change to the base cannot be run, or ``."""
    keys = [key for key, _ in change]
    twice = [key for key in keys if keys.count(key) > 1]
    if twice:
        return f"both factors set {twice[0]}"
    found = _checked(model, {**start, **dict(change)}, label)
    if isinstance(found, str):
        return found
    return "changes nothing: the configuration is that of its base" if found == whole else ""


def _runs(departure: Departure) -> bool:
    return bool(departure.factors) and not departure.left_out


def _changes(
    spec: AblationSpec, switches: Mapping[str, Mapping[str, Options]], side: str
) -> Iterator[tuple[tuple[str, ...], Change]]:
    """Factors, and the options that change with them: single ones first, then pairs."""
    single: dict[str, Change] = {}
    for switch, sides in switches.items():
        others = [other for other in sides if other != side]
        for other in others:
            factor = switch if len(others) == 1 else f"{switch}={other}"
            single[factor] = tuple(sides[other].items())
    for option, values in spec.vary.items():
        single |= {f"{option}={_text(value)}": ((option, value),) for value in values}
    for name in chain.from_iterable(spec.pairs):
        if name not in single:
            raise unknown("factor in pairs", name, single)
    wanted = {*spec.switches, *spec.vary, *chain.from_iterable(spec.pairs)}
    for factor, change in single.items():
        if not spec.switches or {factor, factor.partition("=")[0]} & wanted:
            yield (factor,), change
    for first, second in spec.pairs:
        yield (first, second), (*single[first], *single[second])


def _switches(
    spec: AblationSpec, model: type["LearnerConfig"]
) -> Mapping[str, Mapping[str, Options]]:
    switches: Mapping[str, Mapping[str, Options]] = getattr(model, "switches", {})
    if not switches:
        raise UsageError(
            f"learner {spec.learner!r} declares no switches to flip: "
            "vary its options instead, --vary OPTION=VALUE,VALUE"
        )
    sides = _sides(switches)
    for name, found in switches.items():
        if set(found) != set(sides) or len(sides) < 2:
            raise UsageError(
                f"learner {spec.learner!r}: switch {name!r} has the sides {sorted(found)}; "
                "all switches need the same two or more"
            )
    _chosen("switch", spec.switches, switches)
    return switches


def _sides(switches: Mapping[str, Mapping[str, Options]]) -> tuple[str, ...]:
    return tuple(next(iter(switches.values()), {}))


def _chosen(kind: str, wanted: Sequence[str], known: Iterable[str]) -> tuple[str, ...]:
    """What is wanted, in its order, or all that is known."""
    names = tuple(known)
    for name in wanted:
        if name not in names:
            raise unknown(kind, name, names)
    return tuple(dict.fromkeys(wanted)) or names


def _known(model: type["LearnerConfig"], options: Iterable[str]) -> None:
    for option in options:
        if option not in model.model_fields:
            raise unknown("option", option, model.model_fields)


def _typed(
    model: type["LearnerConfig"], vary: Mapping[str, Sequence[Any]], common: Options
) -> None:
    """Refuses values of a wrong type or out of range, which no other option could make good."""
    for option, values in vary.items():
        for value in values:
            try:
                model.model_validate({**common, option: value})
            except ValidationError as error:
                for found in error.errors(include_url=False):
                    if found["loc"] == (option,) and found["type"] != "value_error":
                        raise UsageError(f"{option} = {shorten(value)}: {found['msg']}") from None


def _unswitched(spec: AblationSpec, switches: Mapping[str, Mapping[str, Options]]) -> None:
    """An option that a switch sets has no value of its own."""
    for name, sides in switches.items():
        for option in chain(spec.options, spec.vary):
            if any(option in found for found in sides.values()):
                raise UsageError(
                    f"option {option!r} belongs to switch {name!r}, whose sides set it"
                )


def _checked(model: type["LearnerConfig"], options: Options, label: str) -> "LearnerConfig | str":
    """The configuration, or why the learner refuses it."""
    try:
        return validated(model, options, label)
    except UsageError as error:
        return str(error).removeprefix(f"{label}: ")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def bases(departures: Sequence[Departure]) -> tuple[str, ...]:
    """The base configurations that are run, in order."""
    lost = {departure.label for departure in departures if departure.left_out}
    return tuple(dict.fromkeys(d.base for d in departures if d.base not in lost))


def couples(learners: Sequence[str], departures: Sequence[Departure]) -> list[tuple[str, str]]:
    """The pairs of learners that a study compares, first names first.

    All pairs, but a departure is compared with its own base only, and an interaction (which is a
    difference of differences) with nothing.
    """
    flips = {d.label: d for d in departures if _runs(d)}
    found = []
    for place, a in enumerate(learners):
        for b in learners[place + 1 :]:
            moved = [(flips[x], y) for x, y in ((a, b), (b, a)) if x in flips]
            if all(d.base == other and len(d.factors) == 1 for d, other in moved):
                found.append((a, b))
    return found
