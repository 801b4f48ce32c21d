"""`coldbench pack`: a study as a few files."""

from pathlib import Path

import click

__all__ = ["pack"]


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--out", "-o", type=click.Path(path_type=Path), help="Folder; default: the study's.")
@click.option("--partial", is_flag=True, help="Also when planned runs are missing.")
def pack(study: Path, out: Path | None, partial: bool) -> None:
    """Write a study as a few files, to commit or to send: everything reads them as it reads runs.

    Plan, all records in one file, digest, summary and report; no predictions, no figures.
    """
    from coldbench.report import text_files
    from coldbench.study import Study
    from coldbench.study import pack as pack_study

    opened = Study.open(study)
    files = pack_study(opened, out or study, lambda: text_files(opened), partial)
    size = sum(file.stat().st_size for file in files)
    names = ", ".join(file.name for file in files)
    click.echo(f"{out or study}: {len(opened.stored())} runs, {size / 1e6:.1f} MB in {names}")
