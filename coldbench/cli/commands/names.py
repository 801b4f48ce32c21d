"""`coldbench list`: registered names."""

import click

__all__ = ["list_"]


@click.command(name="list")
@click.argument("what", type=click.Choice(["models", "datasets", "protocols", "metrics"]))
def list_(what: str) -> None:
    """List learners, data sets, protocols or metrics, and the package each comes from."""
    from coldbench.cli.terminal import print_names

    print_names(what)
