"""`coldbench tune`: search configurations, the same budget for every learner."""

from pathlib import Path
from typing import Any

import click

from coldbench.cli.commands import parse
from coldbench.cli.commands.output import json_option, quiet_option
from coldbench.errors import UsageError

__all__ = ["tune"]

SEEDS = "1000,1001,1002"
FORMS = "--trials {} and --configurations {} are two ways to tune: give one of them"


@click.command()
@click.option("--models", "-m", callback=parse.names, help="Learners, separated by commas.")
@click.option(
    "--configurations", type=click.IntRange(1), show_default="32",
    help="Of each learner, by successive halving: all in short runs on one seed, then the best "
    "two and the defaults in whole runs on all seeds.",
)  # fmt: skip
@click.option(
    "--trials", "-t", type=click.IntRange(1),
    help="Instead of --configurations: so many configurations, all in whole runs.",
)  # fmt: skip
@click.option(
    "--seeds", "-s", callback=parse.seeds, default=SEEDS, show_default=True,
    help="Tuning seeds, from 1000 on, as studies use earlier ones; 3 means the first three.",
)  # fmt: skip
@click.option(
    "--dataset", "-d",
    help="A name of `coldbench list datasets`, or a folder; several, separated by commas, are "
    "tuned on one after the other.",
)  # fmt: skip
@click.option("--protocol", "-p", help="A name of `coldbench list protocols`.")
@click.option("--config", "-c", type=click.Path(path_type=Path), help="A YAML file; options win.")
@click.option(
    "--set",
    "assign",
    multiple=True,
    metavar="LEARNER.OPTION=VALUE",
    help="A fixed option of a learner; also dataset.OPTION and protocol.OPTION. Repeatable.",
)
@click.option(
    "--out", "-o", type=click.Path(path_type=Path), default=Path("tuning"), show_default=True,
    help="Folder of tuned.yaml, history.csv and the trials; an interrupted tuning resumes there.",
)  # fmt: skip
@click.option(
    "--workers", "-w", type=click.IntRange(1), default=1, show_default=True,
    help="Processes; each tunes one learner.",
)  # fmt: skip
@click.option("--device", help="cpu (default) or cuda.")
@quiet_option
@json_option
def tune(
    configurations: int | None, trials: int | None, config: Path | None, assign: tuple[str, ...],
    out: Path, workers: int,
    quiet: bool, as_json: bool, **given: Any,
) -> None:  # fmt: skip
    """Tune learners under one budget, on validation tasks of seeds that no study uses."""
    from coldbench.cli.searching import search_all, search_one
    from coldbench.league import parts_of
    from coldbench.options import parse_assignments
    from coldbench.study import read_config

    if trials and configurations:
        raise UsageError(FORMS.format(trials, configurations))
    given["seeds"] = _seeds(given["seeds"])
    given["halving"] = {"configurations": configurations} if configurations else None
    options = parse_assignments(assign)
    given["dataset_options"] = options.pop("dataset", None)
    given["protocol_options"] = options.pop("protocol", None)
    given["options"] = options or None
    said = {key: value for key, value in given.items() if value is not None}
    parts = parts_of(config, {**said, "out": out}, joins=False)
    how = trials, workers, quiet, as_json
    if parts is None:
        search_one(read_config(config, said), out, *how)
    else:
        search_all(parts, *how)


def _seeds(given: Any) -> Any:
    """The first tuning seeds, where a number of them is given."""
    from coldbench.study import FIRST_TUNING_SEED

    if not isinstance(given, int):
        return given
    if given >= FIRST_TUNING_SEED:
        raise UsageError(
            f"--seeds {given} asks for {given:,} seeds: write --seeds {given}, (with the comma) "
            "for that seed alone, or --seeds 3 for three seeds"
        )
    return range(FIRST_TUNING_SEED, FIRST_TUNING_SEED + given)
