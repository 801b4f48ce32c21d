"""`coldbench merge`: the parts of one study into a whole."""

from pathlib import Path

import click

__all__ = ["merge"]


@click.command()
@click.argument("studies", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    "-o",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder of the merged study.",
)
def merge(studies: tuple[Path, ...], out: Path) -> None:
    """Merge studies of one configuration: copy their runs into one folder, after checks."""
    from coldbench.study import merge as merge_studies

    merged, new = merge_studies(studies, out)
    stored = sum(1 for _ in merged.records())
    click.echo(f"{out}: {new} new runs, {stored} of {len(merged.manifest.jobs)} planned.")
