"""`coldbench methods`: the paragraph on methods of a paper."""

from pathlib import Path

import click

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
def methods(study: Path | None, form: str) -> None:
    """A paragraph on how a study was made, every number filled in (default: the latest study).

    Data and counts, protocol, seeds, tuning, statistics with their references, revision and
    versions: only what the study stores.
    """
    from coldbench.report import describe_methods
    from coldbench.study import Study, latest_study

    click.echo(describe_methods(Study.open(study or latest_study(Path("results"))), form), nl=False)
