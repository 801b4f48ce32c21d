"""What `run` and `ablate` share: the options of a study, and carrying it out."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from coldbench.cli.commands import parse
from coldbench.cli.commands.output import json_option, quiet_option

__all__ = ["carry_out", "study_options"]

OPTIONS = (
    click.option(
        "--seeds", "-s", callback=parse.seeds, help="How many (10: seeds 0 to 9), or which: 3,7,"
    ),
    click.option(
        "--design", help="How the seeds move: joint (default), sources, cross:init,rounding."
    ),
    click.option(
        "--dataset",
        "-d",
        help="A name of `coldbench list datasets`, or a folder; several, separated by commas, "
        "become a study each.",
    ),
    click.option(
        "--strict", is_flag=True, help="Refuse content and times of the data that cannot be read."
    ),
    click.option("--protocol", "-p", help="A name of `coldbench list protocols`."),
    click.option(
        "--scenarios",
        callback=parse.names,
        help="Of W-W,W-C,C-W,C-C: warm or cold users, then warm or cold items.",
    ),
    click.option(
        "--shots", callback=parse.numbers, help="Also predict with so many support ratings: 0,1,5"
    ),
    click.option(
        "--against", callback=parse.names, help="Of the models, those that the others must beat."
    ),
    click.option(
        "--margin",
        type=click.FloatRange(0, min_open=True),
        help="An MAE too small to matter: .005.",
    ),
    click.option(
        "--until",
        type=click.Choice(["settled"]),
        help="Add seeds in planned looks until each comparison is decided; see --margin.",
    ),
    click.option("--max-seeds", type=click.IntRange(2), help="For --until: the most seeds (40)."),
    click.option(
        "--config", "-c", type=click.Path(path_type=Path), help="A YAML file; options win."
    ),
    click.option(
        "--yardsticks/--no-yardsticks",
        default=None,
        help="Also run the best constant and bias, to be read against; takes milliseconds.",
    ),
    click.option(
        "--out",
        "-o",
        type=click.Path(path_type=Path),
        help="The study's folder; a stored study says what the command does not.",
    ),
    click.option("--workers", "-w", type=click.IntRange(1), help="Processes; default: one a core."),
    click.option("--backend", help="Where jobs run: processes (default), serial, dask, submitit."),
    click.option(
        "--scheduler", metavar="ADDRESS", help="A Dask scheduler, such as tcp://host:8786."
    ),
    click.option(
        "--engine",
        multiple=True,
        metavar="NAME=VALUE",
        help="A setting of the backend: tls_ca=FILE, slurm_partition=NAME. Repeatable.",
    ),
    click.option(
        "--shard", callback=parse.shard, metavar="K/N", help="Only part K of N; see `merge`."
    ),
    click.option(
        "--timeout", type=click.FloatRange(0, min_open=True), help="Seconds a job may take."
    ),
    click.option("--retry-failed", is_flag=True, help="Try runs again that did not finish."),
    click.option(
        "--refit/--no-refit",
        default=None,
        help="Train again on all training ratings after choosing the number of epochs.",
    ),
    click.option(
        "--stop-by", metavar="METRIC", help="What early stopping goes by in validation: mae."
    ),
    click.option("--device", help="cpu (default) or cuda."),
    click.option("--track", metavar="TRACKER:FOLDER", help="Copy runs to mlflow: or tensorboard:."),
    click.option(
        "--no-check", is_flag=True, help="Run learners of other packages without a quick check."
    ),
    click.option(
        "--dry-run", is_flag=True, help="List the jobs and estimate the time; run nothing."
    ),
    quiet_option,
    json_option,
)


def study_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every study has."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def carry_out(
    overrides: Mapping[str, Any], config: Path | None, workers: int | None, backend: str | None,
    scheduler: str | None, engine: tuple[str, ...], shard: tuple[int, int],
    timeout: float | None, retry_failed: bool, dry_run: bool, track: str | None,
    until: str | None, max_seeds: int | None, no_check: bool = False, strict: bool = False,
    quiet: bool = False,
    as_json: bool = False, **given: Any,
) -> None:  # fmt: skip
    """Read the configuration, then run the study or, with `dry_run`, tell what it would run.

    overrides, given: keys of `StudyConfig` from the command line, None where nothing was said.
    """
    from coldbench.cli.carrying import rehearse, run
    from coldbench.cli.several import configurations
    from coldbench.league import parts_of
    from coldbench.study import How, open_tracker

    said = {k: v for k, v in {**given, **overrides}.items() if v is not None}
    if strict:
        said["dataset_options"] = {**said.get("dataset_options", {}), "strict": True}
    said |= _looks(until, max_seeds, said, shard)
    parts = parts_of(config, said)
    configs = configurations(parts, config, said)
    settings = parse.settings(engine, scheduler)
    backend = backend or ("dask" if scheduler else None)
    how = How(workers, backend, timeout, retry_failed, shard, settings, not no_check)
    for one in configs.values():
        how.refuse(one.device)
    tracker = open_tracker(track) if track else None
    if dry_run:
        rehearse(parts, configs, how, as_json)
    elif run(parts, configs, how, tracker.log if tracker else None, quiet, as_json):
        sys.exit(3)


def _looks(
    until: str | None, most: int | None, said: Mapping[str, Any], shard: tuple[int, int]
) -> dict[str, Any]:
    """Keys of `StudyConfig` for `--until`; raises UsageError for what it cannot go with."""
    from coldbench.errors import UsageError
    from coldbench.statistics import planned_looks

    if until is None:
        if most is not None:
            raise UsageError("--max-seeds belongs to --until settled; without it say --seeds")
        return {}
    stray = [name for name in ("seeds", "design") if name in said]
    stray += ["shard"] if shard != (1, 1) else []
    if stray:
        raise UsageError(f"--until settled plans its own seeds, without --{stray[0]}")
    looks = planned_looks(most or 40)
    return {"looks": looks, "seeds": looks[-1]}
