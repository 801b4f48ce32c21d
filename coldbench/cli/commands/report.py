"""`coldbench report`: tables, plots and verdicts of a study; a table or figure for a paper."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coldbench.cli.commands import parse
from coldbench.cli.commands.giving import give
from coldbench.cli.commands.output import json_option, write_json

if TYPE_CHECKING:
    from coldbench.study import Study

__all__ = ["report"]

MANY = 50  # runs; of fewer, figures are drawn before other processes would have started


@click.command()
@click.argument("studies", nargs=-1, metavar="[STUDY]...", type=click.Path(path_type=Path))
@click.option(
    "--out",
    "-o",
    type=click.Path(path_type=Path),
    help="Folder (default: the study's); the file of one table or figure.",
)
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
@click.option(
    "--format",
    "form",
    help="Print one table only: latex, markdown, csv or html; with --figure: pdf, svg or png.",
)
@click.option("--table", default="main", show_default=True, help="Which one, with --format.")
@click.option(
    "--models", callback=parse.names, help="Rows of the main table, in this order; default: all."
)
@click.option("--metric", default="mae", show_default=True, help="Of the main table.")
@click.option(
    "--digits",
    type=click.IntRange(0, 12),
    default=4,
    show_default=True,
    help="Behind the point, in the main table.",
)
@click.option("--figure", help="Write one figure only, such as intervals-W-W, to --out.")
@json_option
def report(
    studies: tuple[Path, ...],
    out: Path | None,
    focus: list[str] | None,
    figures: list[str],
    form: str | None,
    table: str,
    models: list[str] | None,
    metric: str,
    digits: int,
    figure: str | None,
    as_json: bool,
) -> None:
    """Tables, plots and verdicts of a study (default: the latest under results/); of a folder of
    studies, each one's and a league over their data sets.

    For a paper: the main table of several studies, their data sets side by side, with --format; one
    figure with --figure.
    """
    from coldbench.league import holds_studies, studies_of
    from coldbench.study import Study, latest_study

    paths = studies or (latest_study(Path("results")),)
    if len(paths) == 1 and form is None and figure is None and holds_studies(paths[0]):
        _league(paths[0], out, focus, figures, as_json)
        return
    inside = [studies_of(path) if holds_studies(path) else [Study.open(path)] for path in paths]
    opened = [study for some in inside for study in some]
    if form is not None and figure is None:
        from coldbench.report import render_table

        asked = (models or (), metric, digits)
        give(render_table(opened, form, table, *asked), out)
        return
    if len(opened) > 1:
        raise click.UsageError("several studies make a table: name its --format")
    if figure is not None:
        from coldbench.report import write_figure

        click.echo(write_figure(opened[0], figure, form or "pdf", out, focus or ()))
        return
    _page(opened[0], out, focus, figures, as_json)


def _league(
    folder: Path, out: Path | None, focus: list[str] | None, figures: list[str], as_json: bool
) -> None:
    """Of a folder of studies."""
    from coldbench.cli.facts.league import league_facts
    from coldbench.cli.terminal.league import print_league
    from coldbench.league import league_over, write_leagues
    from coldbench.report import artists

    if focus:
        raise click.UsageError("--focus is of one study: name it instead of its folder")
    with artists(min(os.cpu_count() or 1, 4)) as draw:
        league = league_over(folder)
        files = write_leagues(league, out or folder, draw, figures)
    if as_json:
        write_json(league_facts(league, folder, files))
    else:
        print_league(league, files)


def _page(
    study: "Study", out: Path | None, focus: list[str] | None, figures: list[str], as_json: bool
) -> None:
    from coldbench.cli.facts.reports import report_facts
    from coldbench.cli.terminal import print_report
    from coldbench.report import artists, build, write_report

    workers = min(os.cpu_count() or 1, 4) if len(study.manifest.jobs) >= MANY else 1
    with artists(workers) as draw:
        data = build(study, focus or ())
        files = write_report(study, out or study.path, figures, data, draw)
    if as_json:
        write_json(report_facts(data, files))
    else:
        print_report(study, files, data)
