"""`coldbench tune`: search configurations, the same budget for every learner."""

from pathlib import Path
from typing import Any

import click

from coldbench.cli.commands import parse
from coldbench.cli.commands.output import json_option, quiet_option, write_json

__all__ = ["tune"]

SEEDS = "1000,1001,1002"


@click.command()
@click.option("--models", "-m", callback=parse.names, help="Learners, separated by commas.")
@click.option("--trials", "-t", type=click.IntRange(1), default=20, show_default=True)
@click.option(
    "--seeds", "-s", callback=parse.seeds, default=SEEDS, show_default=True,
    help="Tuning seeds, from 1000 on: studies use earlier ones.",
)  # fmt: skip
@click.option("--dataset", "-d", help="A name of `coldbench list datasets`, or a folder.")
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
    trials: int, config: Path | None, assign: tuple[str, ...], out: Path, workers: int,
    quiet: bool, as_json: bool, **given: Any,
) -> None:  # fmt: skip
    """Tune learners under one budget, on validation tasks of seeds that no study uses."""
    from coldbench.cli.facts.searches import tuning_facts
    from coldbench.cli.terminal.tuning import print_trial, print_tuning
    from coldbench.options import parse_assignments
    from coldbench.running import refuse_missing_device
    from coldbench.study import read_config
    from coldbench.tune import tune as search
    from coldbench.tune import write_tuning

    options = parse_assignments(assign)
    given["dataset_options"] = options.pop("dataset", None)
    given["protocol_options"] = options.pop("protocol", None)
    given["options"] = options or None
    study = read_config(config, {key: value for key, value in given.items() if value is not None})
    refuse_missing_device(study.device)
    tunings = search(study, trials, out, workers, None if quiet or as_json else print_trial)
    file = write_tuning(study, tunings, out)
    if as_json:
        write_json({"file": file, "tunings": tuning_facts(tunings)})
    else:
        print_tuning(tunings, file)
