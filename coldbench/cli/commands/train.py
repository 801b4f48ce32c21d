"""`coldbench train`: a learner trained on all ratings, to be asked about new users."""

from pathlib import Path
from typing import Any

import click

from coldbench.cli.commands import parse
from coldbench.cli.commands.output import quiet_option

__all__ = ["train"]


@click.command()
@click.argument("learner")
@click.option("--dataset", "-d", help="A name of `coldbench list datasets`, or a folder.")
@click.option(
    "--out", "-o", type=click.Path(path_type=Path), required=True, help="The model's folder."
)
@click.option(
    "--seeds", "-s", callback=parse.seeds, default="1", show_default=True,
    help="How many (5: an ensemble of seeds 0 to 4), or which: 3,7,",
)  # fmt: skip
@click.option(
    "--set", "assign", multiple=True, metavar="LEARNER.OPTION=VALUE",
    help="An option of the learner; also dataset.OPTION and protocol.OPTION. Repeatable.",
)  # fmt: skip
@click.option("--protocol", "-p", help="Whose validation chooses the number of epochs.")
@click.option("--config", "-c", type=click.Path(path_type=Path), help="A YAML file; options win.")
@click.option("--device", help="cpu (default) or cuda.")
@click.option("--overwrite", is_flag=True, help="Replace a model of another learner or data.")
@quiet_option
def train(
    learner: str, out: Path, assign: tuple[str, ...], config: Path | None, overwrite: bool,
    quiet: bool, **given: Any,
) -> None:  # fmt: skip
    """Train LEARNER on all ratings and store it, for `coldbench predict`.

    The number of epochs is chosen on validation tasks, as in a study; then nothing is held out.
    The same command goes on where it was interrupted, and adds seeds.
    """
    from coldbench.cli.terminal.models import TrainingDisplay, print_model
    from coldbench.data import open_dataset
    from coldbench.errors import unknown
    from coldbench.learning import load_variant
    from coldbench.models import train_model
    from coldbench.options import parse_assignments
    from coldbench.running import refuse_missing_device
    from coldbench.study import read_study

    options = parse_assignments(assign)
    for owner in options.keys() - {learner, "dataset", "protocol"}:
        raise unknown("owner in --set", owner, [learner, "dataset", "protocol"])
    given["dataset_options"] = options.pop("dataset", None)
    given["protocol_options"] = options.pop("protocol", None)
    given |= {"options": options or None, "models": (learner,)}
    study = read_study(config, {key: value for key, value in given.items() if value is not None})
    named = study.variants.get(learner)
    base = named.base if named else learner
    chosen = {**(named.options if named else {}), **study.options.get(learner, {})}
    refuse_missing_device(study.device)
    load_variant(base)  # an unknown name is told before the data are read
    ratings = open_dataset(study.dataset, study.dataset_options)
    with TrainingDisplay(quiet) as display:
        train_model(
            learner, ratings, out, seeds=study.seed_list, options=chosen, base=base,
            protocol=study.protocol, protocol_options=study.protocol_options,
            device=study.device, overwrite=overwrite, progress=display.progress,
        )  # fmt: skip
    print_model(out)
