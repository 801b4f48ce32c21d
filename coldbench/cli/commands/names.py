"""`coldbench list`: registered names."""

from collections.abc import Sequence

import click

from coldbench.cli.commands.output import json_option, write_json

__all__ = ["list_", "print_kinds"]

KINDS = ("models", "datasets", "protocols", "metrics")
SYNONYMS = {"learners": "models"}


@click.command(name="list")
@click.argument("what", required=False, type=click.Choice([*KINDS, *SYNONYMS]))
@json_option
def list_(what: str | None, as_json: bool) -> None:
    """List learners, data sets, protocols and metrics (or one of these), and the package each comes
    from."""
    print_kinds([SYNONYMS.get(what, what)] if what else KINDS, as_json)


def print_kinds(kinds: Sequence[str], as_json: bool) -> None:
    """As tables, or as JSON."""
    from coldbench.cli.facts.names import names_of
    from coldbench.cli.terminal import print_names

    found = {kind: names_of(kind) for kind in kinds}
    if as_json:
        write_json(found)
    else:
        print_names(found)
