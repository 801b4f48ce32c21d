"""`coldbench cite`: BibTeX of the suite, and of what studies used."""

from pathlib import Path

import click

from coldbench.cli.commands.giving import give

__all__ = ["cite"]


@click.command()
@click.argument("studies", nargs=-1, metavar="[STUDY]...", type=click.Path(path_type=Path))
@click.option("--out", "-o", type=click.Path(path_type=Path), help="A file instead of the screen.")
def cite(studies: tuple[Path, ...], out: Path | None) -> None:
    """BibTeX of coldbench, and of the learners, data and statistics of the studies named.

    What `coldbench methods --format latex` cites is among it. Learners of other packages are cited
    from the file references.bib that they bring.
    """
    from coldbench.report import bibtex
    from coldbench.study import Study

    give(bibtex([Study.open(path) for path in studies]), out)
