"""`tune` on one data set, or on several: a search each, and one file that a study reads."""

from pathlib import Path
from typing import Any

import click

from coldbench.cli.commands.output import write_json
from coldbench.cli.facts.searches import tuning_facts
from coldbench.cli.several import about
from coldbench.cli.terminal.tuning import print_trial, print_tuning
from coldbench.league import Parts, write_tuned
from coldbench.running import refuse_missing_device
from coldbench.study import StudyConfig, plan, read_config
from coldbench.tune import tune, write_tuning

__all__ = ["search_all", "search_one"]


def search_one(
    study: StudyConfig, out: Path, trials: int | None, workers: int, quiet: bool, as_json: bool
) -> None:
    """Search, write, tell."""
    facts = _searched(study, out, trials, workers, quiet, as_json)
    if as_json:
        write_json(facts)


def search_all(parts: Parts, trials: int | None, workers: int, quiet: bool, as_json: bool) -> None:
    """The same on each data set, once nothing refuses any of them."""
    configs = {}
    for part in parts.parts:
        with about(part.name):
            keys = {key: value for key, value in part.keys.items() if key != "out"}
            configs[part.name] = read_config(None, keys)
            plan(configs[part.name])
    searched = {}
    for name, config in configs.items():
        if not as_json:
            click.echo(f"{name}:")
        with about(name):
            below = parts.folder / name
            searched[name] = _searched(config, below, trials, workers, quiet, as_json)
    file = write_tuned(configs, {name: one["file"] for name, one in searched.items()}, parts.folder)
    if as_json:
        write_json({"file": file, "studies": searched})
    else:
        click.echo(f"All of them: coldbench run --config {file} --seeds 10")


def _searched(
    study: StudyConfig, out: Path, trials: int | None, workers: int, quiet: bool, as_json: bool
) -> dict[str, Any]:
    refuse_missing_device(study.device)
    tunings = tune(study, trials, out, workers, None if quiet or as_json else print_trial)
    file = write_tuning(study, tunings, out)
    if not as_json:
        print_tuning(tunings, file)
    return {"file": file, "tunings": tuning_facts(tunings)}
