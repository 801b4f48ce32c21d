"""A study as its user writes it: the command line, or a YAML file, becomes a StudyConfig."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from coldbench.errors import UsageError
from coldbench.options import read_yaml, validated
from coldbench.study.ablation import AblationSpec, Departure
from coldbench.study.budget import FIRST_TUNING_SEED, Budget
from coldbench.study.halving import Halving
from coldbench.tasks import SCENARIOS

__all__ = ["Named", "StudyConfig", "overlaid", "read_config", "read_study"]


class Named(BaseModel):
    """A configuration under a name of its own: a registered learner and departures from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    base: str
    options: dict[str, Any] = {}


class StudyConfig(BaseModel):
    """A study as its user writes it; every key may be left out.

    dataset: a registered name or a folder; protocol: how data are split, by name;
    dataset_options, protocol_options: departures from their defaults; models: registered learners,
    or names of `variants`, which configure one; variants: learners under names of their own,
    `{name: {base: learner, options: {option: value}}}`; options: `{learner: {option: value}}`;
    seeds: how many (0..n-1), or which; design: how the streams of randomness move
    (`coldbench.study.designs`); scenarios: those to test; shots: numbers of support ratings to
    predict with besides all of them; device: cpu, cuda, or cuda:1 for the second of several;
    refit: train again on all training ratings once the number of epochs is chosen; out: the
    study's folder; published: a file of published values (`coldbench.study.published`), copied
    into the study for its report;
    ablation: configurations of one learner that differ in one thing each, run instead of the
    default `models`; departures: which `variants` depart from which, as an ablation states it;
    tuning: how learners were tuned (`coldbench tune` writes it), for the report; halving: how
    `coldbench tune` searches, `{configurations: 32, finalists: 3, share: 0.25}` in full
    (`coldbench.study.halving`), not used by other commands; against: models
    that the others should beat, named before the runs: the report tests these pairs as a family;
    margin: a difference in MAE that would not matter, for verdicts of equality; looks: numbers of
    seeds at which a study that runs until it is settled is looked at, the last one the most;
    stop_by: the metric that early stopping goes by, on the validation tasks; yardsticks: whether
    the best constant and `bias` run beside the models (`coldbench.study.yardsticks`).
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
    halving: Halving = Halving()
    against: tuple[str, ...] = ()
    margin: float = Field(0.005, gt=0.0, allow_inf_nan=False)
    looks: tuple[int, ...] = ()
    stop_by: str = "mae"
    yardsticks: bool = True

    @field_validator("device")
    @classmethod
    def _usable_device(cls, value: str) -> str:
        if value == "mps" or value.startswith("mps:"):
            raise ValueError(
                "Apple's GPUs (mps) have no double precision, in which closed forms such as ridge "
                "solve their equations: runs would fail or give other results; use cpu"
            )
        if not re.fullmatch(r"cpu|cuda(:[0-9]+)?", value):
            raise ValueError("known are cpu, cuda, and cuda:1 for the second of several")
        return value

    @field_validator("looks")
    @classmethod
    def _rising(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if value and (min(value) < 2 or list(value) != sorted(set(value))):
            raise ValueError("looks are rising numbers of seeds, 2 or more, such as 5,10,20,40")
        return value

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
        data[key] = overlaid(data[key], value) if nested else value
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


def overlaid(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The old mapping with what the new one says, mappings in it likewise."""
    merged = dict(old)
    for key, value in new.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = overlaid(merged[key], value) if both else value
    return merged
