"""`coldbench ablate`: what each difference between two configurations of a learner causes."""

from typing import Any

import click

from coldbench.cli.commands import parse
from coldbench.cli.commands.study import carry_out, study_options

__all__ = ["ablate"]


@click.command()
@click.argument("learner")
@click.option(
    "--side", "sides", multiple=True, callback=parse.many, help="Bases to start from; default: all."
)
@click.option(
    "--switches", multiple=True, callback=parse.many, help="Switches to flip; default: all."
)
@click.option(
    "--pairs", multiple=True, callback=parse.many, metavar="A+B", help="Also change both: A+B,C+D"
)
@click.option(
    "--vary",
    multiple=True,
    metavar="OPTION=VALUE,VALUE",
    help="Depart in an option of the learner, one value at a time. Repeatable.",
)
@click.option(
    "--set",
    "assign",
    multiple=True,
    metavar="OPTION=VALUE",
    help="An option of all configurations; also dataset.OPTION and protocol.OPTION. Repeatable.",
)
@study_options
def ablate(
    learner: str, sides: list[str], switches: list[str], pairs: list[str],
    vary: tuple[str, ...], assign: tuple[str, ...], **given: Any,
) -> None:  # fmt: skip
    """Change one thing at a time in LEARNER, over seeds: effects on the mean and on the spread.

    A learner that declares switches starts from each of its sides, and each switch is flipped
    alone. With --vary alone, the base is the learner as it is.
    """
    from coldbench.options import parse_assignments, parse_levels

    owners = ("dataset.", "protocol.", f"{learner}.")
    texts = [text if text.startswith(owners) else f"{learner}.{text}" for text in assign]
    options = parse_assignments(texts)
    said = {
        "sides": sides,
        "switches": switches,
        "pairs": pairs,
        "vary": parse_levels(vary),
        "options": options.get(learner),
    }
    overrides = {
        "ablation": {"learner": learner, **{key: value for key, value in said.items() if value}},
        "dataset_options": options.get("dataset"),
        "protocol_options": options.get("protocol"),
    }
    carry_out(overrides, **given)
