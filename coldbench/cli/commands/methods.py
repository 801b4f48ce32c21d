"""`coldbench methods`: the paragraph on methods of a paper."""

from pathlib import Path

import click

from coldbench.cli.commands.giving import give

__all__ = ["methods"]


@click.command()
@click.argument("study", required=False, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    default="text",
    show_default=True,
    help="text, latex (\\cite, for `coldbench cite`) or markdown (Pandoc's [@key]).",
)
@click.option("--out", "-o", type=click.Path(path_type=Path), help="A file instead of the screen.")
def methods(study: Path | None, form: str, out: Path | None) -> None:
    """A paragraph on how a study was made, every number filled in (default: the latest study).

    Data and counts, protocol, seeds, tuning, statistics with their references, revision and
    versions: only what the study stores.
    """
    from coldbench.report import describe_methods
    from coldbench.study import Study, latest_study

    opened = Study.open(study or latest_study(Path("results")))
    give(describe_methods(opened, form), out)
