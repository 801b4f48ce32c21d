"""`coldbench list`: what can be named."""

import click

__all__ = ["list_"]


@click.command(name="list")
@click.argument("what", type=click.Choice(["models", "datasets", "protocols", "metrics"]))
def list_(what: str) -> None:
    """What can be named: learners, data sets, protocols, metrics, and where each comes from."""
    from coldbench.cli.terminal import print_names

    print_names(what)
