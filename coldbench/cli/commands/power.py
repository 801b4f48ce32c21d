"""`coldbench power`: how many seeds would show a difference, planned from a pilot study."""

from pathlib import Path

import click

from coldbench.cli.commands import parse
from coldbench.cli.commands.output import json_option, write_json

__all__ = ["power"]

SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command()
@click.argument("pilot", type=click.Path(path_type=Path))
@click.option(
    "--difference",
    type=click.FloatRange(0, min_open=True),
    help="Difference of MAE to be shown; default: the one that the pilot observed.",
)
@click.option("--models", "-m", callback=parse.names, help="Learners, separated by commas.")
@click.option("--power", "chance", type=SHARE, default=0.8, show_default=True, help="Its chance.")
@click.option("--level", type=SHARE, default=0.05, show_default=True, help="Of the paired t test.")
@click.option("--format", "form", help="Print the table only: latex, markdown, csv or html.")
@json_option
def power(
    pilot: Path,
    difference: float | None,
    models: list[str] | None,
    chance: float,
    level: float,
    form: str | None,
    as_json: bool,
) -> None:
    """Seeds needed to show a difference between two learners, from a pilot study."""
    from coldbench.cli.facts.reports import need_facts
    from coldbench.cli.terminal import print_needs
    from coldbench.report.power import Target, needs, needs_table
    from coldbench.report.single import written
    from coldbench.study import Study

    target = Target(difference, chance, level)
    found = needs(Study.open(pilot), target, models)
    if as_json:
        write_json({"pilot": pilot, "power": chance, "level": level, "needs": need_facts(found)})
        return
    table = needs_table(found, target)
    if form is None:
        print_needs(table)
    else:
        click.echo(written(table, form), nl=False)
