"""`coldbench review`: does an entry hold what it claims?"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coldbench.cli.commands import parse
from coldbench.cli.commands.output import json_option, write_json

if TYPE_CHECKING:
    from coldbench.league import Check

__all__ = ["review"]


@click.command()
@click.argument("entry", type=click.Path(path_type=Path))
@click.option("--reference", metavar="NAME|FILE", help="The pack; default: that of the entry.")
@click.option("--data", metavar="NAME|FOLDER", default="", help="Where the data are.")
@click.option(
    "--seeds", callback=parse.seeds, default="3", show_default=True,
    help="How many fresh seeds to draw; or which, such as 17,403,880, to repeat a review.",
)  # fmt: skip
@json_option
def review(entry: Path, reference: str | None, data: str, seeds: Any, as_json: bool) -> None:
    """Review ENTRY, a folder that `coldbench enter --submit` wrote: exit status 0 if all passes.

    Seals, the plugin installed here, the study against its reference, conformance, leaks, three
    stored runs again, and fresh seeds drawn now. Nothing in the entry is executed: read its
    plugin/, install it, then review. What was found is written to ENTRY/review.json.
    """
    from coldbench.league import review as review_entry

    chosen = tuple(seeds) if isinstance(seeds, list) else seeds
    found = review_entry(entry, reference or "", data, chosen, _nobody if as_json else _say)
    if as_json:
        write_json(
            {**found.model_dump(exclude={"schema_version", "sha256"}),
             "mark": found.mark, "passed": found.passed}
        )  # fmt: skip
    else:
        click.echo(str(found))
        click.echo(entry / "review.json")
    if not found.passed:
        sys.exit(3)


def _say(check: "Check") -> None:
    click.echo(str(check))


def _nobody(check: "Check") -> None:
    """Says nothing: JSON stands alone."""
