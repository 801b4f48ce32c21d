"""`coldbench ablate`: what each difference between two configurations of a learner causes."""

from typing import Any

import click

from coldbench.cli.commands import parse
from coldbench.cli.commands.study import carry_out, study_options

__all__ = ["ablate"]


@click.command()
@click.argument("learner")
@click.option(
    "--side", "sides", multiple=True, callback=parse.many, help="Sides to start from; default: all."
)
@click.option(
    "--switches", multiple=True, callback=parse.many, help="Switches to flip; default: all."
)
@click.option(
    "--pairs",
    multiple=True,
    callback=parse.many,
    metavar="A+B",
    help="Also flip both switches of a pair: A+B,C+D",
)
@click.option(
    "--vary",
    multiple=True,
    metavar="OPTION=VALUE,VALUE",
    help="Vary an option of the learner, one value at a time. Repeatable.",
)
@click.option(
    "--set",
    "assign",
    multiple=True,
    metavar="OPTION=VALUE",
    help="An option for all configurations; also dataset.OPTION and protocol.OPTION. Repeatable.",
)
@study_options
def ablate(
    learner: str, sides: list[str], switches: list[str], pairs: list[str],
    vary: tuple[str, ...], assign: tuple[str, ...], **given: Any,
) -> None:  # fmt: skip
    """Change one thing at a time in LEARNER, over seeds: effects on the mean and on the spread.

    A learner that declares switches is run from each of its sides, with one switch flipped at a
    time. With --vary alone, the base is the learner at its defaults.
    """
    from coldbench.options import parse_assignments, parse_levels

    owners = ("dataset.", "protocol.", f"{learner}.")
    texts = [text if text.startswith(owners) else f"{learner}.{text}" for text in assign]
    options = parse_assignments(texts)
    choices = {
        "sides": sides,
        "switches": switches,
        "pairs": pairs,
        "vary": parse_levels(vary),
        "options": options.get(learner),
    }
    overrides = {
        "ablation": {"learner": learner, **{key: value for key, value in choices.items() if value}},
        "dataset_options": options.get("dataset"),
        "protocol_options": options.get("protocol"),
    }
    carry_out(overrides, **given)
