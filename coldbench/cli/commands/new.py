"""`coldbench new`: a plugin package to start from."""

from pathlib import Path

import click

__all__ = ["new"]


@click.command()
@click.argument("kind", type=click.Choice(["learner", "dataset", "metric"]))
@click.argument("name")
@click.option(
    "--into", type=click.Path(path_type=Path), default=Path(), help="Parent folder; default: here."
)
def new(kind: str, name: str, into: Path) -> None:
    """Write an installable package with a learner, data set or metric that already works."""
    from coldbench.conformance import create

    folder = create(kind, name, into)
    which = "" if kind == "learner" else f"{kind} "
    click.echo(f"{folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    click.echo(f"Next: pip install -e {folder} && coldbench check {which}{name}")
