"""`coldbench site`: stored studies as static pages."""

import os
from pathlib import Path

import click

__all__ = ["site"]


@click.command()
@click.argument("folders", nargs=-1, metavar="[FOLDER]...", type=click.Path(path_type=Path))
@click.option(
    "--out",
    "-o",
    default="build/site",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder of the pages.",
)
@click.option("--docs", default="", help="Where the documentation is: a folder of the site or URL.")
@click.option("--code", default="", help="Where the files of the repository are: a URL.")
def site(folders: tuple[Path, ...], out: Path, docs: str, code: str) -> None:
    """Write the studies in each FOLDER (default: results) as static pages, without a server.

    FOLDER is a study, a reference pack, or holds these or folders of studies. The pages: the
    answer, the league over data sets, each data set with its report, each learner, each published
    claim, entries of learners from outside, and what changed; every table has its CSV files.
    """
    from coldbench.league import Frame, build_site
    from coldbench.report import artists

    frame = Frame(*(f"{place.rstrip('/')}/" if place else "" for place in (docs, code)))
    with artists(min(os.cpu_count() or 1, 4)) as draw:
        files = build_site(folders or (Path("results"),), out, frame, click.echo, draw)
    click.echo(f"{out / 'index.html'}: {len(files)} files")
