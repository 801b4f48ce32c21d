"""`coldbench evidence`: which items a new user should be asked about."""

from pathlib import Path
from typing import Any

import click

from coldbench.cli.commands import parse
from coldbench.cli.commands.output import json_option, quiet_option, write_json

__all__ = ["evidence"]


@click.command()
@click.option(
    "--learner",
    "-l",
    default="melu",
    show_default=True,
    help="The learner whose predictions are used.",
)
@click.option(
    "--seeds", "-s", callback=parse.seeds, default="5", show_default=True,
    help="A number of seeds, or the seeds: 0,3,7.",
)  # fmt: skip
@click.option(
    "--questions", callback=parse.numbers, default="5,10", show_default=True,
    help="Numbers of questions asked of a user.",
)  # fmt: skip
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="Items shown.")
@click.option("--dataset", "-d", help="A name of `coldbench list datasets`, or a folder.")
@click.option("--protocol", "-p", help="A name of `coldbench list protocols`.")
@click.option("--config", "-c", type=click.Path(path_type=Path), help="A YAML file; options win.")
@click.option(
    "--set", "assign", multiple=True, metavar="LEARNER.OPTION=VALUE", help="As for `run`."
)
@click.option(
    "--out", "-o", type=click.Path(path_type=Path), default=Path("evidence"), show_default=True,
    help="Folder of evidence.csv and evidence-items.csv.",
)  # fmt: skip
@quiet_option
@json_option
def evidence(
    learner: str, questions: list[int], top: int, config: Path | None, assign: tuple[str, ...],
    out: Path, quiet: bool, as_json: bool, **given: Any,
) -> None:  # fmt: skip
    """List the items worth asking a new user about, and measure what asking them is worth.

    Items are scored by how much a rating moves the learner, times popularity (MeLU's evidence
    candidates), and compared with asking popular, divisive and random items.
    """
    from coldbench.cli.facts.searches import evidence_facts
    from coldbench.cli.terminal.evidence import print_evidence
    from coldbench.evidence import measure_evidence, write_evidence
    from coldbench.options import parse_assignments
    from coldbench.study import read_study

    options = parse_assignments(assign)
    given["dataset_options"] = options.pop("dataset", None)
    given["protocol_options"] = options.pop("protocol", None)
    given |= {"options": options or None, "models": (learner,)}
    study = read_study(config, {key: value for key, value in given.items() if value is not None})
    mine = {name: chosen for name, chosen in study.options.items() if name == learner}
    study = study.model_copy(update={"options": mine})
    said = None if quiet or as_json else lambda seed: click.echo(f"seed {seed} done")
    measured = measure_evidence(study, questions, said)
    file = write_evidence(measured, out)
    if as_json:
        write_json(evidence_facts(measured, top, file))
    else:
        print_evidence(measured, top, file)
