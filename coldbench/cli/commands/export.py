"""`coldbench export`: what a study holds, in a form that other programs read."""

from pathlib import Path

import click

__all__ = ["export"]


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option(
    "--predictions", type=click.Path(path_type=Path), required=True, metavar="FILE",
    help="Where to write all predictions, .csv, .tsv or .parquet.",
)  # fmt: skip
@click.option("--dataset", "-d", default="", help="Name or folder of the data, if not as stored.")
@click.option(
    "--set", "assign", multiple=True, metavar="OPTION=VALUE", help="An option of those data."
)
def export(study: Path, predictions: Path, dataset: str, assign: tuple[str, ...]) -> None:
    """Write the predictions of a STUDY with the ids of the raw data, one line each.

    Columns: user, item, rating, prediction, learner, seed, scenario, shots (-1: all ratings of the
    support). The data must be at hand: their fingerprint is compared with the study's.
    """
    from coldbench.models import export_predictions
    from coldbench.options import parse_assignments
    from coldbench.study import Study

    options = parse_assignments([f"dataset.{text}" for text in assign]).get("dataset", {})
    opened = Study.open(study)
    stored = {**opened.manifest.dataset_options, **options} if not dataset else options
    lines, runs = export_predictions(opened, predictions, dataset, stored)
    click.echo(f"{predictions}: {lines:,} predictions of {runs:,} runs")
