"""`coldbench report`: tables, plots and verdicts of a study."""

import os
from pathlib import Path

import click

from coldbench.cli.commands import parse
from coldbench.cli.commands.output import json_option, write_json

__all__ = ["report"]

MANY = 50  # runs; of fewer, figures are drawn before other processes would have started


@click.command()
@click.argument("study", required=False, type=click.Path(path_type=Path))
@click.option("--out", "-o", type=click.Path(path_type=Path), help="Folder; default: the study's.")
@click.option(
    "--focus",
    callback=parse.names,
    help="Learners that the report is about; default: those of other packages.",
)
@click.option(
    "--figures",
    callback=parse.names,
    default="svg",
    show_default=True,
    help="Files of each figure: svg, png, pdf.",
)
@click.option("--format", "form", help="Print one table only: latex, markdown, csv or html.")
@click.option("--table", default="main", show_default=True, help="Which one, with --format.")
@json_option
def report(
    study: Path | None,
    out: Path | None,
    focus: list[str] | None,
    figures: list[str],
    form: str | None,
    table: str,
    as_json: bool,
) -> None:
    """Tables, plots and verdicts of a study (default: the latest under results/)."""
    from coldbench.cli.facts.reports import report_facts
    from coldbench.cli.terminal import print_report
    from coldbench.report import artists, build, write_report
    from coldbench.study import Study, latest_study

    opened = Study.open(study or latest_study(Path("results")))
    if form is not None:
        from coldbench.report import render

        click.echo(render(opened, form, table), nl=False)
        return
    workers = min(os.cpu_count() or 1, 4) if len(opened.manifest.jobs) >= MANY else 1
    with artists(workers) as draw:
        data = build(opened, focus or ())
        files = write_report(opened, out or opened.path, figures, data, draw)
    if as_json:
        write_json(report_facts(data, files))
    else:
        print_report(opened, files, data)
