"""`coldbench studies`: what has been run, a line a study."""

from pathlib import Path

import click

from coldbench.cli.commands.output import json_option, write_json

__all__ = ["studies"]


@click.command()
@click.argument("folder", default="results", type=click.Path(path_type=Path))
@json_option
def studies(folder: Path, as_json: bool) -> None:
    """List the studies in FOLDER (default: results), those that cannot be read included.

    Name, data set, protocol, learners, seeds, finished runs, revision of coldbench, last change.
    """
    from coldbench.cli.facts.studies import studies_in
    from coldbench.cli.terminal.looking import print_studies

    found = studies_in(folder)
    if as_json:
        write_json({"folder": folder, "studies": found})
    else:
        print_studies(found)
