"""`coldbench data`: list, download, import and describe data sets."""

from pathlib import Path

import click

from coldbench.cli.commands.names import print_kinds
from coldbench.cli.commands.output import json_option, quiet_option, write_json

__all__ = ["data"]


@click.group()
def data() -> None:
    """List, download, import and describe data sets."""


@data.command(name="list")
@json_option
def data_list(as_json: bool) -> None:
    """List the data sets by name."""
    print_kinds(["datasets"], as_json)


@data.command(name="info")
@click.argument("name")
@click.option(
    "--set", "assign", multiple=True, metavar="OPTION=VALUE", help="An option of the data set."
)
@click.option("--strict", is_flag=True, help="Refuse content and times that cannot be read.")
@json_option
def data_info(name: str, assign: tuple[str, ...], strict: bool, as_json: bool) -> None:
    """Show how a data set (name or folder) was understood, what to doubt, and what is in it."""
    from coldbench.cli.terminal import print_info
    from coldbench.data import describe, open_dataset
    from coldbench.options import parse_assignments

    named = [f"dataset.{text.removeprefix('dataset.')}" for text in assign]  # with it or without
    options = parse_assignments(named).get("dataset", {})
    options |= {"strict": True} if strict else {}
    opened = open_dataset(name, options)
    if as_json:
        write_json(describe(opened))
    else:
        print_info(opened)


@data.command(name="download")
@click.argument("name")
@quiet_option
def data_download(name: str, quiet: bool) -> None:
    """Download an official archive, check it and import it."""
    from coldbench.data import download

    click.echo(f"{name} is ready: {download(name, progress=not quiet)}")


@data.command(name="import")
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
def data_import(name: str, path: Path) -> None:
    """Import an official archive or folder from disk."""
    from coldbench.data import import_raw

    click.echo(f"{name} is ready: {import_raw(name, path)}")
