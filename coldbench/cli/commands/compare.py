"""`coldbench compare`: two studies, learner by learner."""

from pathlib import Path

import click

from coldbench.cli.commands.output import json_option, write_json

__all__ = ["compare"]


@click.command()
@click.argument("study_a", type=click.Path(path_type=Path))
@click.argument("study_b", type=click.Path(path_type=Path))
@click.option(
    "--margin",
    type=click.FloatRange(0, min_open=True),
    default=0.005,
    show_default=True,
    help="Means closer than this (MAE, rating points) count as equivalent; choose before looking.",
)
@click.option("--format", "form", help="Print the table only: latex, markdown, csv or html.")
@json_option
def compare(study_a: Path, study_b: Path, margin: float, form: str | None, as_json: bool) -> None:
    """What differs between two studies, and whether their learners do the same in both.

    Two versions of the code, two protocols, two machines. Seeds are paired where both studies met
    the same episodes, else Welch's test compares the means.
    """
    from coldbench.cli.facts.reports import contrast_facts
    from coldbench.cli.terminal import print_contrasts
    from coldbench.report.compare import contrast, contrast_table
    from coldbench.report.single import written
    from coldbench.study import Study

    contrasts = contrast(Study.open(study_a), Study.open(study_b), margin)
    if as_json:
        write_json(contrast_facts(contrasts))
        return
    table = contrast_table(contrasts)
    if form is None:
        print_contrasts(contrasts, table)
    else:
        click.echo(written(table, form), nl=False)
