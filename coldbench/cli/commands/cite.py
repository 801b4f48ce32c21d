"""`coldbench cite`: BibTeX of the suite, and of what studies used."""

from pathlib import Path

import click

__all__ = ["cite"]


@click.command()
@click.argument("studies", nargs=-1, metavar="[STUDY]...", type=click.Path(path_type=Path))
def cite(studies: tuple[Path, ...]) -> None:
    """BibTeX of coldbench, and of the learners, data and statistics of the studies named.

    What `coldbench methods --format latex` cites is among it. Learners of other packages are cited
    from the file references.bib that they bring.
    """
    from coldbench.report import bibtex
    from coldbench.study import Study

    click.echo(bibtex([Study.open(path) for path in studies]), nl=False)
