"""`coldbench remove`: take learners out of a study."""

from pathlib import Path

import click

from coldbench.cli.commands import parse

__all__ = ["remove"]


@click.command()
@click.argument("learners", callback=parse.names)
@click.option("--out", "-o", required=True, type=click.Path(path_type=Path), help="The study.")
def remove(learners: list[str], out: Path) -> None:
    """Take LEARNERS (separated by commas) out of a study, all at once; the others stay as they are.

    Their runs are kept in a folder of the study, which is a study of its own.
    """
    from coldbench.study import Study
    from coldbench.study import remove as take_out

    for change in take_out(Study.open(out), learners):
        runs = f"{len(change.runs)} run{'' if len(change.runs) == 1 else 's'}"
        kept = f"{out / change.folder}, which you may delete"
        click.echo(f"{change.learner!a} is out of {out}; {runs} kept in {kept}.")
