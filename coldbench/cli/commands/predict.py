"""`coldbench predict`: what a stored model predicts for users that nobody has seen."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["predict"]

FILE = click.Path(path_type=Path)


@click.command()
@click.argument("model", type=FILE)
@click.option("--support", type=FILE, help="Ratings of the users: user,item,rating.")
@click.option("--out", "-o", type=FILE, required=True, help="Predictions, .csv, .tsv or .parquet.")
@click.option(
    "--items", metavar="FILE|ID,ID",
    help="Which items (default: all of training); a table may hold new ones with their content.",
)  # fmt: skip
@click.option("--users", type=FILE, help="Users with their content, also those without a rating.")
@click.option(
    "--top", type=click.IntRange(1), help="Only the best of the items that a user has not rated."
)
@click.option("--device", help="cpu, for a model that was trained elsewhere.")
def predict(
    model: Path, support: Path | None, out: Path, items: str | None, users: Path | None,
    top: int | None, device: str | None,
) -> None:  # fmt: skip
    """Predict ratings with the model in folder MODEL: user,item,prediction.

    Only the ratings in --support and the content in --users describe a user. A model of several
    seeds also gives low and high: 95 % of further seeds would predict something between them. That
    is how far training scatters, not how far a rating may be from its prediction.
    """
    from coldbench.cli.terminal.models import print_notes
    from coldbench.errors import UsageError
    from coldbench.models import Labels, open_model, read_frame, write_frames

    if support is None and users is None:
        raise UsageError("say which users: --support with their ratings, --users, or both")
    opened = open_model(model, device)
    given = None if support is None else read_frame(support)
    people = None if users is None else read_frame(users)
    wanted, name = _items(items) if items is not None else (None, "")
    files = ("" if file is None else file.name for file in (support, users))
    labels = Labels(next(files), name or "--items", next(files))
    asked = opened.ask(given, wanted, people, labels)
    print_notes((*opened.notes, *asked.notes))
    rows = write_frames(opened.answers(asked, top), out)
    click.echo(f"{out}: {rows:,} predictions for {len(asked.user):,} users")


def _items(text: str) -> tuple["pd.DataFrame | list[str]", str]:
    """A table, and its name, or the ids in a text."""
    from coldbench.models import read_frame

    path = Path(text)
    if path.suffix.lower() in (".csv", ".tsv", ".parquet") or path.is_file():
        return read_frame(path), path.name
    return [one.strip() for one in text.split(",") if one.strip()], ""
