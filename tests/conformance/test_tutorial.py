"""The tutorial is followed literally, from a CSV to LaTeX that compiles."""

import csv
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from coldbench.data.ratings import Ratings
from tests.conformance.conftest import Run
from tests.conformance.pages import DOCS, follow
from tests.conformance.test_pages import TUNE, needs_posix


def write_shop(ratings: Ratings, folder: Path) -> None:
    """The two files that the tutorial speaks of, of our own ratings."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    with (folder / "ratings.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["reader", "book", "stars", "when"])
        for user, item, value in zip(ratings.user, ratings.item, ratings.value, strict=True):
            day, hour = rng.integers(1, 29), rng.integers(0, 24)
            when = f"2016-03-{day:02d} {hour:02d}:00:00"
            lines.writerow([f"u{user}", f"b{item}", f"{value:g}", when])
    with (folder / "books.csv").open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["book", "genre", "year"])
        for item in range(ratings.catalogue.n_items):
            genres = rng.choice(["crime", "noir", "romance"], rng.integers(1, 3), replace=False)
            lines.writerow([f"b{item}", "|".join(genres), 1950 + item % 60])


@pytest.mark.thorough
@needs_posix
@pytest.mark.filterwarnings("default")
def test_from_a_csv_to_a_papers_table(
    run: Run, tmp_path: Path, ratings: Ratings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # figures are drawn, whatever `run` leaves out of reports
    monkeypatch.chdir(tmp_path)
    write_shop(ratings, tmp_path / "shop")
    assert len(follow(DOCS / "tutorial.md", tmp_path, run, TUNE or "none")) >= 10
    table = (tmp_path / "table.tex").read_text("utf-8")
    assert r"\multicolumn{4}{c}{shop} & \multicolumn{4}{c}{synthetic}" in table
    assert (tmp_path / "intervals.pdf").read_bytes().startswith(b"%PDF")
    assert r"9,600 ratings of" in (tmp_path / "methods.tex").read_text("utf-8")
    if shutil.which("pdflatex") and shutil.which("bibtex"):
        compiled(tmp_path)


def compiled(folder: Path) -> None:
    for command in ("pdflatex", "bibtex", "pdflatex", "pdflatex"):
        halt = ["-halt-on-error"] if command == "pdflatex" else []
        done = subprocess.run(
            [command, *halt, "paper"], cwd=folder, capture_output=True, text=True, errors="replace"
        )
        assert done.returncode == 0, done.stdout[-2000:]
    assert "undefined" not in done.stdout
    assert "multiply" not in done.stdout
