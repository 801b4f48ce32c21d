"""`coldbench reference`: list, show, fetch and make reference packs."""

from datetime import UTC, datetime
from pathlib import Path

import click

from coldbench.cli.commands.output import json_option, write_json

__all__ = ["reference"]

WHERE = click.Path(path_type=Path)


@click.group()
def reference() -> None:
    """Complete studies in a file each, against which `coldbench enter` runs a learner.

    A pack is named NAME@RELEASE; NAME alone is its latest release, and the path of a file is that
    file.
    """


@reference.command(name="list")
@json_option
def reference_list(as_json: bool) -> None:
    """List the packs that this coldbench knows of."""
    from coldbench.cli.terminal.packs import print_packs
    from coldbench.league import known_packs

    packs = known_packs()
    if as_json:
        write_json({"packs": [{**one.model_dump(), "where": one.where} for one in packs]})
    else:
        print_packs(packs)


@reference.command(name="show")
@click.argument("pack")
@json_option
def reference_show(pack: str, as_json: bool) -> None:
    """Show of which data, protocol, learners, seeds, code and machine a PACK is."""
    from coldbench.cli.terminal.packs import print_pack
    from coldbench.league import find_pack

    found = find_pack(pack)
    if as_json:
        write_json({"file": found.path, "file_sha256": found.sha256, "pack": found.facts})
    else:
        print_pack(found)


@reference.command(name="get")
@click.argument("pack")
@click.option("--file", "-f", type=WHERE, help="Where its file is, if you fetched it by hand.")
@click.option("--out", "-o", type=WHERE, help="The study's folder; default: results/NAME@RELEASE.")
def reference_get(pack: str, file: Path | None, out: Path | None) -> None:
    """Check a PACK and unpack it into a study, which every command reads.

    It comes from coldbench itself, from an earlier download, or from its address.
    """
    from coldbench.league import find_pack

    found = find_pack(pack, file)
    study = found.unpack(out or Path("results") / found.title)
    click.echo(f"{study.path}: {len(study.stored())} runs of {found.title}, sealed and complete.")
    click.echo(f"Next: coldbench report {study.path}")


@reference.command(name="make")
@click.argument("study", type=WHERE)
@click.option("--name", required=True, help="Of the pack: that of the data set.")
@click.option("--release", required=True, type=click.IntRange(1), help="1, 2, ...")
@click.option("--edition", default="", help="Which edition of the data it is of, in words.")
@click.option("--obtain", default="", help="How to get that edition, in words.")
@click.option("--licence", default="", help="Of the data; default: what their reader says.")
@click.option("--date", "created", help="Of the pack; default: today.")
@click.option(
    "--several-revisions", "several", is_flag=True,
    help="Take runs of several revisions of coldbench too; the pack names them.",
)  # fmt: skip
@click.option("--url", default="", help="Where it will be downloaded from; default: in the wheel.")
@click.option("--out", "-o", required=True, type=WHERE, help="The file: NAME@RELEASE.coldbench.")
def reference_make(
    study: Path, name: str, release: int, edition: str, obtain: str, licence: str,
    created: str | None, several: bool, url: str, out: Path,
) -> None:  # fmt: skip
    """Make a pack of a complete STUDY; prints its lines for the index.

    Plan, records, digest and summary; no rating, no prediction. Refused are studies that are
    damaged or lack runs, and learners that ran with several versions of their code.
    """
    from coldbench.league import Naming, index_lines, make_pack
    from coldbench.study import Study

    day = created or datetime.now(UTC).date().isoformat()
    naming = Naming(name, release, day, edition, obtain, licence, several)
    made = make_pack(Study.open(study), naming, out)
    click.echo(f"{out}: {made.title}, {out.stat().st_size / 1e6:.1f} MB", err=True)
    click.echo(index_lines(made, url), nl=False)
