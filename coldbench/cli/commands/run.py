"""`coldbench run`: train and test learners over seeds."""

from typing import Any

import click

from coldbench.cli.commands import parse
from coldbench.cli.commands.again import carry_out_again
from coldbench.cli.commands.study import carry_out, study_options

__all__ = ["overrides", "run"]


@click.command()
@click.option("--models", "-m", callback=parse.names, help="Learners, separated by commas.")
@click.option(
    "--set",
    "assign",
    multiple=True,
    metavar="LEARNER.OPTION=VALUE",
    help="An option of a learner; also dataset.OPTION and protocol.OPTION. Repeatable.",
)
@click.option(
    "--again",
    callback=parse.names,
    metavar="LEARNERS",
    help="Run learners of the study in --out again, after an edit; it says the rest.",
)
@study_options
def run(
    models: list[str] | None, assign: tuple[str, ...], again: list[str] | None, **given: Any
) -> None:
    """Train and test learners over seeds; stores every run in the study's folder."""
    if again:
        carry_out_again(again, overrides(models, assign), **given)
    else:
        carry_out(overrides(models, assign), **given)


def overrides(models: list[str] | None, assign: tuple[str, ...]) -> dict[str, Any]:
    """Keys of `StudyConfig` from `--models` and `--set`, None for those not given."""
    from coldbench.options import parse_assignments

    options = parse_assignments(assign)
    return {
        "models": models,
        "dataset_options": options.pop("dataset", None),
        "protocol_options": options.pop("protocol", None),
        "options": options or None,
    }
